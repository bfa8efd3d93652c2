package org.nestwalk.lab.labs.encryption;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.nestwalk.lab.OneLine;
import org.nestwalk.lab.labs.encryption.EncryptionResult.AttackRow;
import org.nestwalk.lab.labs.encryption.EncryptionResult.InCache;
import org.nestwalk.machine.Protection;
import org.nestwalk.mmu.cache.EncryptionScope;

/// Sentences about planted figures: each turns when the figures do.
class EncryptionDocumentTest {
    private int adder = 40;
    private long tables = 50;
    private long extra = 6_000;
    private long served;
    private long references = 12_288;
    private long data = 100;
    private double overhead = 0.1;
    private long largeWalks = 10;
    private Verdict owned = Verdict.REFUSED;

    private EncryptionResult result() {
        String protection = Protection.OWNED.label();
        return new EncryptionResult(
                "a machine",
                280,
                List.of(adder),
                5,
                List.of(
                        new ColdWalk("4K/4K", 24, 6_720, 24L * adder, 4L * adder),
                        new ColdWalk("2M/2M", 15, 4_200, 15L * adder, 3L * adder)),
                List.of(timing("4K/4K", 1_000), timing("2M/2M", largeWalks)),
                new InCache("sequential", references, served, served * adder),
                List.of(
                        new AttackRow(protection, "read its memory", Map.of("nothing seen", 5L)),
                        new AttackRow(protection, "replay old memory", Map.of(owned.label(), 5L))));
    }

    private String text() {
        return OneLine.of(EncryptionDocument.of(result()));
    }

    private TimingRow timing(String pages, long walks) {
        return new TimingRow(
                "gups",
                pages,
                EncryptionScope.WHOLE_MEMORY.label(),
                adder,
                walks,
                tables,
                0,
                data,
                60_000,
                extra,
                adder * (tables + data),
                0.05,
                overhead);
    }

    @Test
    void costsBeyondMissesAreNamed() {
        assertThat(text())
                .contains("costs programs E for each reference that missed", "in all 2 runs")
                .contains("nothing for the 12,288 references");
        extra = 6_001;
        served = 3;
        assertThat(text())
                .contains("in only 0 of 2 runs")
                .contains("Of 12,288 references of walks meant for the caches 3 went to memory")
                .doesNotContain("costs nothing");
    }

    /// What did not happen neither costs anything nor costs nothing.
    @Test
    void nothingIsSaidOfReferencesThatWereNotMade() {
        references = 0;
        tables = 0;
        data = 0;
        extra = 0;
        assertThat(text())
                .contains("missed the last-level cache, so that there was nothing to pay for")
                .contains("made no walk, so that there was nothing to hide")
                .doesNotContain("costs programs E", "costs nothing", "pay for their data first")
                .doesNotContain("pay as much for tables");
    }

    @Test
    void theBoundIsSaidToHoldWhereItDoes() {
        assertThat(text()).contains("up to 10 % longer, not more than the adder over");
        overhead = 40.0 / 280;
        assertThat(text()).contains("up to 14 % longer, not more than the adder over");
        overhead = Math.nextUp(overhead);
        assertThat(text()).contains("up to 14 % longer, more than the adder over");
        overhead = 0.2;
        assertThat(text()).contains("up to 20 % longer, more than the adder over");
    }

    @Test
    void programsThatPayForTablesFirstAreNamed() {
        assertThat(text()).contains("programs pay for their data first", "leave 10 of 1,000 walks");
        tables = 200;
        extra = 12_000;
        largeWalks = 1_000;
        assertThat(text())
                .contains("these pay as much for tables as for data, or more: gups.")
                .contains("save no walks here (1,000 and 1,000)");
    }

    @Test
    void protectionIsJudgedByWhatCameOfAttacks() {
        assertThat(text()).contains("owned' shows nothing; and lets none change what it reads");
        owned = Verdict.STALE;
        assertThat(text()).contains("lets these change what it reads: replay old memory.");
        owned = Verdict.EQUALITY_SEEN;
        assertThat(text()).contains("shows something to: replay old memory; and lets none");
    }

    @Test
    void anAdderOfNothingCostsNothing() {
        adder = 0;
        extra = 0;
        assertThat(text()).contains("adds no cycles costs none").doesNotContain("cold walk pays");
    }

    @Test
    void anInterruptedRunSaysOnlyWhatItsRowsShow() {
        EncryptionResult all = result();
        EncryptionResult first =
                new EncryptionResult(
                        all.machine(),
                        all.memoryCycles(),
                        all.adders(),
                        all.attempts(),
                        List.of(),
                        all.timing().subList(0, 1),
                        null,
                        List.of());
        assertThat(OneLine.of(EncryptionDocument.of(first)))
                .contains("in all 1 run.", "pay for their data first")
                .doesNotContain("cold", "2M", "caches", "protection", "attacks");
    }
}
