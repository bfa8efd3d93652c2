package org.nestwalk.mmu.time;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.function.UnaryOperator;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.nestwalk.bits.Access;
import org.nestwalk.mmu.SmallMachine;
import org.nestwalk.mmu.SmallMachine.Format;
import org.nestwalk.mmu.SmallMachine.Surroundings;
import org.nestwalk.mmu.count.MmuCounts;
import org.nestwalk.mmu.model.MemoryModel;
import org.nestwalk.mmu.model.OverlapModel;
import org.nestwalk.mmu.model.ProcessorModel;
import org.nestwalk.random.Xoshiro256;

/// The time of blocks of accesses, beside the twin of the clock that is told what each access cost
/// on a blocking machine.
class OverlapTimeTest {
    private static final int FIRST_LEVEL = 4;
    private static final OverlapModel OVERLAP = new OverlapModel(5, 3);

    private static UnaryOperator<ProcessorModel> change(boolean takesData, OverlapModel overlap) {
        return model -> {
            MemoryModel memory = model.memory();
            return model.with(new MemoryModel(memory.caches(), memory.memoryCycles(), takesData))
                    .with(model.costs().withAccessCycles(2))
                    .withOverlap(overlap);
        };
    }

    private static SmallMachine machine(Format format, boolean takesData, OverlapModel overlap) {
        return new SmallMachine(
                format, Surroundings.ALL_CACHES, true, 1, change(takesData, overlap));
    }

    private static long[] block(Xoshiro256 random, int length) {
        int[] kinds = {Access.LOAD, Access.LOAD, Access.STORE, Access.FETCH, Access.MODIFY};
        long[] block = new long[length];
        long page = SmallMachine.gva(0);
        for (int i = 0; i < length; i++) {
            page = random.nextBelow(2) == 0 ? page : SmallMachine.gva(random.nextBelow(200));
            int kind = kinds[(int) random.nextBelow(kinds.length)];
            long access = Access.pack(kind, page + random.nextBelow(512) * 8);
            block[i] =
                    switch ((int) random.nextBelow(6)) {
                        case 0 -> Access.packContinued(kind, page);
                        case 1 -> Access.afterBranch(access);
                        case 2 -> Access.after(access, 1 + (int) random.nextBelow(14));
                        default -> access;
                    };
        }
        return block;
    }

    @ParameterizedTest
    @EnumSource
    void timeIsThatOfTheTwin(Format format) {
        for (boolean takesData : new boolean[] {false, true}) {
            SmallMachine overlapping = machine(format, takesData, OVERLAP);
            SmallMachine blocking =
                    new SmallMachine(
                            format,
                            Surroundings.ALL_CACHES,
                            true,
                            1,
                            change(takesData, OVERLAP).andThen(model -> model.withOverlap(null))
                                    ::apply);
            NaiveClock clock = new NaiveClock(5, 1, 3, 2);
            NaiveClock perfect = new NaiveClock(5, 1, 3, 2);
            Xoshiro256 random = new Xoshiro256(11);
            for (int round = 0; round < 3; round++) {
                long[] block = block(random, 300);
                overlapping.mmu.run(block, 0, 111);
                overlapping.mmu.run(block, 111, block.length);
                for (int i = 0; i < block.length; i++) {
                    MmuCounts before = blocking.mmu.counts().copy();
                    blocking.mmu.run(block, i, i + 1);
                    MmuCounts cost = blocking.mmu.counts().since(before);
                    tell(clock, block[i], cost.tlbCycles, cost.walkCycles, cost.dataCycles);
                    tell(perfect, block[i], 0, 0, cost.dataCycles);
                }
                MmuCounts counts = overlapping.mmu.counts();
                assertThat(counts.cycles(2)).isEqualTo(clock.now());
                assertThat(counts.blockingCycles(2)).isEqualTo(blocking.mmu.counts().cycles(2));
                if (takesData) {
                    assertThat(counts.cycles(2) - counts.exposedTranslationCycles())
                            .isEqualTo(perfect.now());
                }
                assertThat(counts.exposedTranslationCycles())
                        .isBetween(0L, counts.translationCycles());
            }
        }
    }

    private static void tell(NaiveClock clock, long access, long lookup, long walk, long data) {
        boolean issued = !Access.isContinued(access);
        if (Access.isFetch(access)) {
            clock.fetch(issued, lookup, walk);
            return;
        }
        if (Access.isAfterBranch(access)) {
            clock.branch();
        }
        boolean misses = data > FIRST_LEVEL;
        clock.access(Access.distance(access), issued, lookup, walk, data, misses);
    }

    @Test
    void nothingButTheTimeDependsOnIt() {
        SmallMachine overlapping = machine(Format.EPT, true, OVERLAP);
        SmallMachine one = machine(Format.EPT, true, new OverlapModel(1, 1));
        long[] block = block(new Xoshiro256(5), 2000);
        overlapping.mmu.run(block, 0, block.length);
        one.mmu.run(block, 0, block.length);
        assertThat(overlapping.mmu.counts())
                .usingRecursiveComparison()
                .ignoringFields("overlappedCycles", "overlappedDataCycles")
                .isEqualTo(one.mmu.counts());
        assertThat(overlapping.mmu.counts().cycles(2)).isLessThan(one.mmu.counts().cycles(2));
    }

    @Test
    void walkOnItsOwnWaitsForAllAndIsWaitedFor() {
        SmallMachine machine = machine(Format.EPT, true, OVERLAP);
        long[] block = block(new Xoshiro256(6), 50);
        machine.mmu.run(block, 0, block.length);
        MmuCounts before = machine.mmu.counts().copy();
        machine.mmu.walkOrFault(SmallMachine.gva(7), 0);
        MmuCounts cost = machine.mmu.counts().since(before);
        assertThat(cost.walkCycles).isPositive();
        assertThat(cost.cycles(2)).isEqualTo(cost.walkCycles);
    }
}
