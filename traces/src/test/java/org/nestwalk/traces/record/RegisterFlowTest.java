package org.nestwalk.traces.record;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Random;
import org.junit.jupiter.api.Test;

class RegisterFlowTest {
    private static final long A = 1 << 3;
    private static final long B = 1 << 7;

    private final RegisterFlow flow = new RegisterFlow();

    @Test
    void aChaseDependsOnTheLoadBefore() {
        long[] chase = {A, A, 0, A};

        assertThat(load(chase, 0x1000)).isZero();
        assertThat(load(chase, 0x2000)).isEqualTo(1);
        assertThat(load(chase, 0x3000)).isEqualTo(1);
    }

    @Test
    void anAddressDependsOnTheLatestOfSeveralLoads() {
        long[] block = {0, 0, 0, A, 0, 0, 0, B, 0, 0, A | B, A, A, A, 0, 0};
        flow.begin(new BlockFlow(block));

        assertThat(flow.access(0, false, 0x1000, 8)).isZero();
        assertThat(flow.access(1, false, 0x2000, 8)).isZero();
        assertThat(flow.access(3, true, 0x3000, 8)).isEqualTo(1);
    }

    @Test
    void whatIsWrittenAnewNoLongerDepends() {
        flow.begin(new BlockFlow(new long[] {0, 0, 0, A, 0, 0, 0, A, A, A, 0, 0}));

        assertThat(flow.access(0, false, 0x1000, 8)).isZero();
        assertThat(flow.access(2, false, 0x2000, 8)).isZero();
    }

    @Test
    void fourteenAccessesBackIsNearAndFifteenIsNot() {
        for (int between = 13; between <= 14; between++) {
            load(new long[] {0, 0, 0, A}, 0x1000);
            for (int i = 0; i < between; i++) {
                load(new long[] {0, 0, 0, B}, 0x2000);
            }

            assertThat(load(new long[] {A, A, 0, 0}, 0x3000)).isEqualTo(between == 13 ? 14 : 0);
        }
    }

    @Test
    void aReloadWaitsForWhatWasStored() {
        load(new long[] {0, 0, 0, A}, 0x1000);
        flow.begin(new BlockFlow(new long[] {0, 0, A, 0}));

        assertThat(flow.access(0, true, 0x5000, 8)).isZero();
        assertThat(load(new long[] {0, 0, 0, B}, 0x5004)).isEqualTo(2);
        assertThat(load(new long[] {B, B, 0, 0}, 0x6000)).isEqualTo(1);
        assertThat(load(new long[] {0, 0, 0, B}, 0x5008)).isZero();
    }

    @Test
    void aStoreOfSixteenBytesIsReloadedByHalves() {
        load(new long[] {0, 0, 0, A}, 0x1000);
        flow.begin(new BlockFlow(new long[] {0, 0, A, 0}));
        flow.access(0, true, 0x5000, 16);

        assertThat(load(new long[] {0, 0, 0, B}, 0x5008)).isEqualTo(2);
    }

    @Test
    void anInstructionThatModifiesStoresWhatItLoaded() {
        flow.begin(new BlockFlow(new long[] {A, A, B, 0}));
        flow.access(0, false, 0x1000, 8);
        flow.access(0, true, 0x1000, 8);

        assertThat(load(new long[] {0, 0, 0, B}, 0x1000)).isEqualTo(2);
    }

    @Test
    void nothingDependsOnAccessesBeforeAnotherThread() {
        load(new long[] {0, 0, 0, A}, 0x1000);
        flow.interrupted();

        assertThat(load(new long[] {A, A, 0, A}, 0x2000)).isZero();
        assertThat(load(new long[] {A, A, 0, A}, 0x3000)).isEqualTo(1);
    }

    @Test
    void aBlockWithoutWordsDependsOnNothing() {
        load(new long[] {0, 0, 0, A}, 0x1000);

        assertThat(load(new long[0], 0x2000)).isZero();
    }

    @Test
    void largeSetsAreFollowed() {
        long c = 1L << 56;
        long[] block = {0, 0, 0, A | B | c, 0, 0, 0, 0, A | B | c, 0, 0, 0};
        flow.begin(new BlockFlow(block));
        flow.access(0, false, 0x1000, 8);

        assertThat(flow.access(2, false, 0x2000, 8)).isEqualTo(1);
        assertThat(load(new long[] {c, 0, 0, 0}, 0x3000)).isEqualTo(2);
    }

    @Test
    void agreesWithOneThatExecutesInstructionByInstruction() {
        Random random = new Random(3);
        long[] registers = new long[57];
        long known = 0;
        for (int round = 0; round < 3_000; round++) {
            long[] block = new long[4 * (1 + random.nextInt(6))];
            for (int i = 0; i < block.length; i++) {
                for (int n = random.nextInt(4); n > 0; n--) {
                    block[i] |= 1L << random.nextInt(57);
                }
            }
            flow.begin(new BlockFlow(block));
            for (int at = 0; at < block.length; at += 4) {
                long loaded = 0;
                if (random.nextInt(3) == 0) {
                    long from = latest(registers, block[at]);
                    loaded = ++known;
                    long expected = from > 0 && loaded - from <= 14 ? loaded - from : 0;
                    // No load is of what was stored.
                    assertThat(flow.access(at / 4, false, 8 * loaded, 8)).isEqualTo((int) expected);
                }
                long value = Math.max(loaded, latest(registers, block[at + 2]));
                for (int register = 0; register < registers.length; register++) {
                    if ((block[at + 3] >>> register & 1) != 0) {
                        registers[register] = value;
                    }
                }
            }
        }
    }

    private static long latest(long[] registers, long set) {
        long latest = 0;
        for (int register = 0; register < registers.length; register++) {
            latest = (set >>> register & 1) == 0 ? latest : Math.max(latest, registers[register]);
        }
        return latest;
    }

    private int load(long[] block, long address) {
        flow.begin(new BlockFlow(block));
        return flow.access(0, false, address, 8);
    }
}
