package org.nestwalk.mmu.time;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.nestwalk.random.Xoshiro256;

class OverlapClockTest {
    private static final int MEMORY = 100;
    private static final int WALK = 60;

    private static OverlapClock clock(int window, int walkers, int misses) {
        return new OverlapClock(window, walkers, misses, 0);
    }

    private static long time(OverlapClock clock, int accesses, int distance, int walk) {
        for (int i = 0; i < accesses; i++) {
            clock.access(distance, true, 0, walk, MEMORY, true);
        }
        return clock.now();
    }

    @Test
    void dependentAccessesAddUp() {
        assertThat(time(clock(64, 4, 16), 10, 1, WALK)).isEqualTo(10 * (MEMORY + WALK));
    }

    @Test
    void windowBoundsIndependentOnes() {
        assertThat(time(clock(4, 16, 16), 12, 0, WALK)).isEqualTo(3 * (MEMORY + WALK));
    }

    @Test
    void missesThatMayBeOutstandingBoundThem() {
        assertThat(time(clock(64, 16, 3), 12, 0, 0)).isEqualTo(4 * MEMORY);
    }

    @Test
    void walkersBoundThem() {
        assertThat(time(clock(64, 2, 64), 12, 0, WALK)).isEqualTo(6 * WALK + MEMORY);
    }

    @Test
    void branchHoldsAllLaterOnesBack() {
        OverlapClock clock = clock(64, 2, 64);
        clock.access(0, true, 0, 0, MEMORY, true);
        clock.branch();
        time(clock, 3, 0, 0);
        assertThat(clock.now()).isEqualTo(2 * MEMORY);
    }

    @Test
    void olderAccessIsNotWaitedForByWhatDependsOnAYoungerOne() {
        OverlapClock clock = clock(64, 2, 64);
        clock.access(0, true, 0, 0, 10 * MEMORY, true);
        clock.access(0, true, 0, 0, MEMORY, true);
        clock.access(1, true, 0, 0, MEMORY, true);
        assertThat(clock.now()).isEqualTo(10 * MEMORY);
    }

    @Test
    void windowOfOneIsABlockingMachine() {
        OverlapClock clock = new OverlapClock(1, 1, 1, 2);
        Xoshiro256 random = new Xoshiro256(3);
        long sum = 0;
        for (int i = 0; i < 1000; i++) {
            long lookup = random.nextBelow(3);
            long walk = random.nextBelow(2) * random.nextBelow(90);
            long data = random.nextBelow(200);
            clock.access((int) random.nextBelow(4), true, lookup, walk, data, data > 4);
            sum += 2 + lookup + walk + data;
        }
        assertThat(clock.now()).isEqualTo(sum);
    }

    @Test
    void agreesWithItsTwin() {
        for (int seed = 0; seed < 300; seed++) {
            Xoshiro256 random = new Xoshiro256(seed);
            int window = 1 + (int) random.nextBelow(seed % 2 == 0 ? 4 : 40);
            int walkers = 1 + (int) random.nextBelow(4);
            int misses = 1 + (int) random.nextBelow(12);
            int accessCycles = (int) random.nextBelow(3) * (int) random.nextBelow(4);
            OverlapClock clock = new OverlapClock(window, walkers, misses, accessCycles);
            NaiveClock twin = new NaiveClock(window, walkers, misses, accessCycles);
            NaiveClock perfect = new NaiveClock(window, walkers, misses, accessCycles);
            for (int step = 0; step < 200; step++) {
                step(random, clock, twin, perfect);
                assertThat(clock.now()).as("seed %d, step %d", seed, step).isEqualTo(twin.now());
                assertThat(clock.nowWithPerfectTlbs())
                        .as("perfect TLBs, seed %d, step %d", seed, step)
                        .isEqualTo(perfect.now());
            }
        }
    }

    private static void step(
            Xoshiro256 random, OverlapClock clock, NaiveClock twin, NaiveClock perfect) {
        boolean issued = random.nextBelow(8) != 0;
        long lookup = random.nextBelow(4) == 0 ? 7 : 0;
        long walk = random.nextBelow(3) == 0 ? random.nextBelow(300) : 0;
        switch ((int) random.nextBelow(12)) {
            case 0 -> {
                int count = (int) random.nextBelow(70);
                clock.hits(count);
                for (int i = 0; i < count; i++) {
                    twin.access(0, true, 0, 0, 0, false);
                    perfect.access(0, true, 0, 0, 0, false);
                }
            }
            case 1 -> {
                clock.fetch(issued, lookup, walk);
                twin.fetch(issued, lookup, walk);
                perfect.fetch(issued, 0, 0);
            }
            case 2 -> {
                clock.serial(lookup);
                twin.serial(lookup);
                perfect.serial(0);
            }
            case 3 -> {
                clock.branch();
                twin.branch();
                perfect.branch();
            }
            default -> {
                int distance = (int) random.nextBelow(2) * (int) random.nextBelow(15);
                long data = random.nextBelow(200);
                clock.access(distance, issued, lookup, walk, data, data > 90);
                twin.access(distance, issued, lookup, walk, data, data > 90);
                perfect.access(distance, issued, 0, 0, data, data > 90);
            }
        }
    }
}
