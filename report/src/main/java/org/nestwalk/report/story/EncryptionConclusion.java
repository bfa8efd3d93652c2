package org.nestwalk.report.story;

import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.nestwalk.document.Conclusion;
import org.nestwalk.document.Figures;
import org.nestwalk.lab.encryption.ColdWalk;
import org.nestwalk.lab.encryption.EncryptionStory.AttackRow;
import org.nestwalk.lab.encryption.EncryptionStory.Result;
import org.nestwalk.lab.encryption.TimingRow;
import org.nestwalk.lab.encryption.Verdict;
import org.nestwalk.mmu.cache.EncryptionScope;

/// What a run of [org.nestwalk.lab.encryption.EncryptionStory] shows, and what it does not.
final class EncryptionConclusion {
    /// What a hypervisor learns.
    private static final Set<String> SEEN =
            Set.of(Verdict.PLAINTEXT_SEEN.label(), Verdict.EQUALITY_SEEN.label());

    /// What a guest goes on with that it did not write there last.
    private static final Set<String> DECEIVED =
            Set.of(
                    Verdict.FORGED.label(),
                    Verdict.STALE.label(),
                    Verdict.MISPLACED.label(),
                    Verdict.GARBAGE.label());

    private static final double ROUNDING = 1e-9;

    private final Result result;
    private final int adder;
    private final Conclusion conclusion = new Conclusion();

    private EncryptionConclusion(Result result) {
        this.result = result;
        this.adder = result.options().mostAdder();
    }

    static Conclusion of(Result result) {
        EncryptionConclusion made = new EncryptionConclusion(result);
        if (made.adder == 0) {
            made.conclusion.say("An encryption that adds no cycles costs none.");
        } else {
            made.misses();
            made.bound();
            made.programs();
            made.coldWalks();
        }
        result.attacks().getFirst().verdicts().keySet().forEach(made::protection);
        return made.conclusion;
    }

    private void misses() {
        long asExpected =
                result.timing().stream().filter(row -> row.extra() == row.expected()).count();
        boolean exact = asExpected == result.timing().size();
        boolean cached = result.inCache().served() == 0 && result.inCache().extra() == 0;
        if (exact && cached) {
            conclusion.say(
                    "Encryption costs what misses the last-level cache, and nothing else: E for"
                            + " each such reference in all %,d runs, and nothing for the %,d"
                            + " references of walks in the caches.",
                    result.timing().size(), result.inCache().references());
            return;
        }
        if (!exact) {
            conclusion.say(
                    "It costs E for each reference that missed in only %,d of %,d runs.",
                    asExpected, result.timing().size());
        }
        if (!cached) {
            conclusion.say(
                    "Walks meant for the caches had %,d references to memory, and took %,d cycles"
                            + " more.",
                    result.inCache().served(), result.inCache().extra());
        }
    }

    private void bound() {
        double most = result.timing().stream().mapToDouble(TimingRow::overhead).max().orElse(0);
        double bound = (double) adder / result.memoryCycles();
        conclusion.say(
                "Programs take up to %s longer, %s than the adder over the latency of memory, %s.",
                Figures.percent(most),
                most <= bound + ROUNDING ? "not more" : "more",
                Figures.percent(bound));
    }

    /// What programs pay for, with all of memory encrypted.
    private void programs() {
        List<TimingRow> small = rows("4K/4K");
        List<TimingRow> large = rows("2M/2M");
        List<String> tablesFirst = new ArrayList<>();
        for (TimingRow row : small) {
            if (row.guestTables() + row.secondLevelTables() > row.data()) {
                tablesFirst.add(name(row));
            }
        }
        conclusion.say(
                "%s",
                tablesFirst.isEmpty()
                        ? "On 4K pages programs pay for their data first."
                        : "On 4K pages these pay more for tables than for data: "
                                + String.join(", ", tablesFirst)
                                + ".");
        long walks = small.stream().mapToLong(TimingRow::walks).sum();
        long left = large.stream().mapToLong(TimingRow::walks).sum();
        conclusion.say(
                left < walks
                        ? "2M pages on both sides leave %,d of %,d walks."
                        : "2M pages on both sides save no walks here (%,d and %,d).",
                left,
                walks);
    }

    private List<TimingRow> rows(String pages) {
        return result.timing().stream()
                .filter(row ->
                        row.pages().equals(pages)
                                && row.adder() == adder
                                && row.scope().equals(EncryptionScope.WHOLE_MEMORY.label()))
                .toList();
    }

    private static String name(TimingRow row) {
        return row.program().replaceFirst(":.*", "").replaceFirst(".*/", "");
    }

    private void coldWalks() {
        ColdWalk small = result.cold().getFirst();
        ColdWalk large =
                result.cold().stream()
                        .filter(walk -> walk.pages().equals("2M/2M"))
                        .findFirst()
                        .orElseThrow();
        conclusion.say(
                "A cold walk pays for %,d references on 4K pages and %,d on 2M pages; with the"
                        + " guest's own key for %,d and %,d, since %s.",
                small.wholeMemory() / adder,
                large.wholeMemory() / adder,
                small.guestKey() / adder,
                large.guestKey() / adder,
                small.guestKey() < small.wholeMemory()
                        ? "nested tables are the hypervisor's"
                        : "nested tables are as encrypted");
    }

    /// What a protection leaves to the hypervisor.
    private void protection(String protection) {
        List<String> seen = attacks(protection, SEEN);
        List<String> deceived = attacks(protection, DECEIVED);
        String learns =
                seen.isEmpty() ? "shows nothing" : "shows something to: " + String.join("; ", seen);
        String takes =
                deceived.isEmpty()
                        ? "lets none change what it reads"
                        : "lets these change what it reads: " + String.join("; ", deceived);
        conclusion.say("A guest with protection '%s' %s; and %s.", protection, learns, takes);
    }

    private List<String> attacks(String protection, Set<String> verdicts) {
        Set<String> attacks = new LinkedHashSet<>();
        for (AttackRow row : result.attacks()) {
            Map<String, Long> came = row.verdicts().getOrDefault(protection, Map.of());
            if (came.keySet().stream().anyMatch(verdicts::contains)) {
                attacks.add(row.attack());
            }
        }
        return List.copyOf(attacks);
    }
}
