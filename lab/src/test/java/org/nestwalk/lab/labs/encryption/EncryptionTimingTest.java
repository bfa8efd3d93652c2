package org.nestwalk.lab.labs.encryption;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;

import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.nestwalk.document.Claim;
import org.nestwalk.lab.experiment.Laboratory;
import org.nestwalk.lab.labs.encryption.EncryptionResult.InCache;
import org.nestwalk.lab.machines.Machines;
import org.nestwalk.lab.progress.Meter;
import org.nestwalk.lab.progress.ProgressListener;
import org.nestwalk.machine.Protection;
import org.nestwalk.mmu.cache.EncryptionDelay;
import org.nestwalk.mmu.cache.EncryptionScope;
import org.nestwalk.mmu.count.MmuCounts;
import org.nestwalk.mmu.model.ProcessorModel;

class EncryptionTimingTest {
    private static final List<Integer> ADDERS = List.of(0, 7, 40);

    private static ProcessorModel machine(String name) {
        return Machines.named(name).model();
    }

    @ParameterizedTest
    @CsvSource({
        "gups:footprint=1GiB;accesses=20k, zen4",
        "gups:footprint=1GiB;accesses=20k, skylake-sp",
        "btree:footprint=1GiB;accesses=20k, zen5",
        "xsbench:footprint=1GiB;accesses=20k, zen3",
        "pointer-chase:footprint=1GiB;accesses=20k, opteron-2008",
        "gups:footprint=1GiB;accesses=20k, textbook",
        "zipf:footprint=1GiB;accesses=20k, yardstick",
    })
    void extraTimeIsTheAdderTimesTheEncryptedReferencesThatMissed(String spec, String name) {
        String program = spec.replace(';', ',');
        ProcessorModel model = machine(name);
        for (String pages : List.of("4K/4K", "2M/2M")) {
            TimedProgram timed = new TimedProgram(model, program, pages, 1);
            List<TimingRow> rows =
                    TimingRow.all(
                            timed, program, pages, ADDERS, new Meter(ProgressListener.NONE, 1));
            assertThat(rows).hasSize(2 * ADDERS.size());
            assertThat(rows)
                    .allSatisfy(row -> {
                        assertThat(row.extra()).isEqualTo(row.expected());
                        assertThat(row.guestTables() + row.data()).isPositive();
                        double bound = (double) row.adder() / model.memory().memoryCycles();
                        assertThat(row.walkOverhead()).isLessThanOrEqualTo(bound);
                        assertThat(row.overhead()).isLessThanOrEqualTo(bound);
                    });
            assertThat(rows.subList(ADDERS.size(), rows.size()))
                    .as("with the guest's key")
                    .allMatch(row -> row.secondLevelTables() == 0);
        }
    }

    @Test
    void adderOfZeroChangesNothing() {
        for (String name : List.of("zen4", "skylake-sp", "textbook", "yardstick")) {
            TimedProgram timed =
                    new TimedProgram(
                            machine(name), "gups:footprint=256MiB,accesses=20k", "4K/4K", 1);
            MmuCounts plain = timed.run(null);
            for (EncryptionScope scope : EncryptionScope.values()) {
                MmuCounts counts = timed.run(new EncryptionDelay(0, scope, 0));
                assertThat(counts).usingRecursiveComparison().isEqualTo(plain);
            }
        }
    }

    @Test
    void coldWalksCostTheAdderForEveryReference() {
        List<ColdWalk> walks = ColdWalk.all(machine("zen4"), 40, 1);
        assertThat(walks)
                .extracting(ColdWalk::pages, ColdWalk::wholeMemory, ColdWalk::guestKey)
                .containsExactly(
                        tuple("4K/4K", 24 * 40L, 4 * 40L),
                        tuple("4K/2M", 19 * 40L, 4 * 40L),
                        tuple("2M/4K", 19 * 40L, 3 * 40L),
                        tuple("2M/2M", 15 * 40L, 3 * 40L),
                        tuple("2M/1G", 11 * 40L, 3 * 40L));
        assertThat(walks)
                .allMatch(walk -> walk.cycles() == walk.references() * 280)
                .allMatch(walk -> walk.wholeMemory() * 280 == walk.cycles() * 40);
    }

    @Test
    void whatTheCachesHoldCostsNothing() {
        EncryptionResult result = run(Laboratory.unwatched(), "gups:footprint=64MiB,accesses=5k");
        InCache cached = Objects.requireNonNull(result.inCache());
        assertThat(cached.references()).isPositive();
        assertThat(cached.served()).isZero();
        assertThat(cached.extra()).isZero();
        assertThat(result.attacks()).hasSize(Attack.values().length * Protection.values().length);
    }

    private static EncryptionResult run(Laboratory laboratory, String program) {
        return EncryptionExperiment.run(
                laboratory, machine("zen4"), List.of(program), ADDERS, 3, 1);
    }

    @Test
    void effectsThatAreExpectedShowAndOneThatFailsIsSaidTo() {
        assertThat(claims("gups:footprint=64MiB,accesses=20k")).doesNotContainValue(false);
        // Neither page size lets TLBs reach any of it.
        assertThat(claims("gups:footprint=4TiB,accesses=5k"))
                .containsEntry("large-pages-save-walks", false)
                .containsEntry("costs-the-adder-for-each-miss", true);
    }

    private static Map<String, Boolean> claims(String program) {
        EncryptionResult result = run(Laboratory.unwatched(), program);
        return new EncryptionExperiment()
                .document(result).claims().stream()
                        .filter(Claim::isExpectation)
                        .collect(Collectors.toMap(Claim::name, Claim::held));
    }

    @Test
    void aRunThatIsEndedHasTheProgramsThatWereFinished() {
        Laboratory laboratory = Laboratory.watchedBy(event -> event.done() < 40_000);
        EncryptionResult result = run(laboratory, "gups:footprint=64MiB,accesses=5k");
        assertThat(laboratory.isEnded()).isTrue();
        assertThat(result.timing()).hasSize(2 * ADDERS.size());
        assertThat(result.cold()).isEmpty();
        assertThat(result.inCache()).isNull();
        assertThat(result.attacks()).isEmpty();
    }
}
