package org.nestwalk.lab.encryption;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.nestwalk.lab.encryption.EncryptionStory.Options;
import org.nestwalk.lab.encryption.EncryptionStory.Result;
import org.nestwalk.lab.machines.Machines;
import org.nestwalk.lab.progress.Meter;
import org.nestwalk.lab.progress.ProgressListener;
import org.nestwalk.mmu.cache.EncryptionDelay;
import org.nestwalk.mmu.cache.EncryptionScope;
import org.nestwalk.mmu.count.MmuCounts;
import org.nestwalk.mmu.model.MachineModel;

class EncryptionTimingTest {
    private static final List<Integer> ADDERS = List.of(0, 7, 40);

    private static MachineModel machine(String name) {
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
        MachineModel model = machine(name);
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
        Result result =
                EncryptionStory.run(
                        machine("zen4"),
                        new Options(List.of("gups:footprint=64MiB,accesses=5k"), ADDERS, 3, 1),
                        ProgressListener.NONE);
        assertThat(result.inCache().references()).isPositive();
        assertThat(result.inCache().served()).isZero();
        assertThat(result.inCache().extra()).isZero();
        assertThat(result.attacks()).hasSize(Attack.values().length);
    }
}
