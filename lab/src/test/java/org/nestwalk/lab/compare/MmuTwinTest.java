package org.nestwalk.lab.compare;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.SplittableRandom;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.nestwalk.bits.Access;
import org.nestwalk.lab.machines.Machines;
import org.nestwalk.lab.setup.Setup;
import org.nestwalk.lab.setup.SetupContext;
import org.nestwalk.lab.setup.Setups;
import org.nestwalk.mmu.count.MmuCounts;

class MmuTwinTest {
    private static final int STEPS = 300;
    private static final int BLOCK = 512;

    @ParameterizedTest
    @CsvSource({"nested:4K/4K, 1, 17", "nested:4K/4K, 1, 18", "nested:2M/2M, 2, 19"})
    void mmuCountsAsItsNaiveTwinStepByStep(String name, int leaf, long seed) {
        Setup setup =
                Setups.parse(name)
                        .apply(
                                new SetupContext(
                                        Machines.named("yardstick").model(),
                                        "scattered",
                                        "scattered",
                                        seed,
                                        4,
                                        4));
        NaiveMmu twin = new NaiveMmu(leaf);
        SplittableRandom random = new SplittableRandom(seed);
        MmuCounts counts = setup.mmu().counts();
        for (int step = 0; step < STEPS; step++) {
            long[] block = block(random, 12 + 9 * (leaf - 1));
            setup.mmu().run(block, 0, BLOCK);
            for (long access : block) {
                twin.run(access);
            }
            assertThat(counts.l1DataMisses).as("seed %d", seed).isEqualTo(twin.dataMisses);
            assertThat(counts.l1InstructionMisses).isEqualTo(twin.instructionMisses);
            assertThat(counts.walks.walks).isEqualTo(twin.walks);
            assertThat(counts.walks.references()).isEqualTo(twin.references);
            assertThat(counts.dirtyWalks.walks).isEqualTo(twin.dirtyWalks);
        }
    }

    /// Bursts in a few regions with a hot part, so that every structure hits and misses.
    private static long[] block(SplittableRandom random, int shift) {
        long[] block = new long[BLOCK];
        long page = 0;
        for (int i = 0; i < BLOCK; i++) {
            if (random.nextInt(4) != 0) {
                long region = (long) random.nextInt(6) << (shift == 12 ? 18 : 13);
                int pages = random.nextBoolean() ? 40 : 4000;
                page = (0x7f00_0000_0000L >>> shift) + region + random.nextInt(pages);
            }
            int kind = random.nextInt(10);
            int type = kind < 6 ? Access.LOAD : kind < 8 ? Access.FETCH : Access.STORE;
            block[i] = Access.pack(type, (page << shift) + 8L * random.nextInt(512));
        }
        return block;
    }
}
