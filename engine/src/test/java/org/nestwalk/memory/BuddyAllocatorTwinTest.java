package org.nestwalk.memory;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/// Random operations on the buddy allocator and on its naive twin, compared step by step.
class BuddyAllocatorTwinTest {
    private static final long BASE = 0x40_0000;

    private record Block(int start, int order) {}

    private static final class Sequence {
        private final long seed;
        private final SplittableRandom random;
        private final int frames;
        private final int maxOrder;
        private final BuddyAllocator allocator;
        private final NaiveBuddy twin;
        private final List<Block> blocks = new ArrayList<>();
        private int step;

        Sequence(long seed, int maxFrames) {
            this.seed = seed;
            random = new SplittableRandom(seed);
            frames = 1 + random.nextInt(maxFrames);
            maxOrder = Math.min(10, 32 - Integer.numberOfLeadingZeros(frames));
            allocator = new BuddyAllocator(BASE, frames * 4096L);
            twin = new NaiveBuddy(frames);
        }

        void run(int steps) {
            for (step = 0; step < steps; step++) {
                int kind = random.nextInt(100);
                if (kind < 45) {
                    allocate(random.nextInt(maxOrder + 1) * random.nextInt(2));
                } else if (kind < 55) {
                    allocateAt(randomBlock());
                } else if (kind < 85 && !blocks.isEmpty()) {
                    free(blocks.get(random.nextInt(blocks.size())));
                } else if (kind < 92) {
                    free(randomBlock());
                } else {
                    split(
                            blocks.isEmpty()
                                    ? randomBlock()
                                    : blocks.get(random.nextInt(blocks.size())));
                }
                compareCounts();
                if (step % 16 == 0) {
                    compareFrames();
                }
            }
            compareFrames();
        }

        void freeEverything() {
            while (!blocks.isEmpty()) {
                free(blocks.get(random.nextInt(blocks.size())));
                step++;
            }
            BuddyAllocator fresh = new BuddyAllocator(BASE, frames * 4096L);
            check(allocator.sameStateAs(fresh), "not the initial state");
        }

        private Block randomBlock() {
            int order = random.nextInt(maxOrder + 1);
            int fitting = frames >> order;
            return fitting == 0
                    ? new Block(random.nextInt(frames), 0)
                    : new Block(random.nextInt(fitting) << order, order);
        }

        private void allocate(int order) {
            long address = allocator.allocate(order);
            int start = twin.allocate(order);
            check(address == (start < 0 ? -1 : address(start)), "allocate " + order);
            if (start >= 0) {
                blocks.add(new Block(start, order));
            }
        }

        private void allocateAt(Block block) {
            boolean expected = twin.allocateAt(block.start(), block.order());
            boolean done = allocator.allocateAt(address(block.start()), block.order());
            check(done == expected, "allocateAt " + block);
            if (done) {
                blocks.add(block);
            }
        }

        private void free(Block block) {
            boolean expected = twin.free(block.start(), block.order());
            check(
                    succeeds(() -> allocator.free(address(block.start()), block.order()))
                            == expected,
                    "free " + block);
            blocks.remove(block);
        }

        private void split(Block block) {
            boolean expected = twin.split(block.start(), block.order());
            check(
                    succeeds(() -> allocator.splitAllocated(address(block.start()), block.order()))
                            == expected,
                    "split " + block);
            if (expected) {
                blocks.remove(block);
                for (int i = 0; i < 1 << block.order(); i++) {
                    blocks.add(new Block(block.start() + i, 0));
                }
            }
        }

        private static boolean succeeds(Runnable operation) {
            try {
                operation.run();
                return true;
            } catch (IllegalStateException expected) {
                return false;
            }
        }

        private void compareCounts() {
            long free = 0;
            for (int order = 0; order <= 10; order++) {
                int expected = twin.freeBlocks(order);
                check(allocator.freeBlocks(order) == expected, "freeBlocks " + order);
                free += (long) expected << order;
            }
            check(allocator.freeFrames() == free, "freeFrames");
            Block block = randomBlock();
            check(
                    allocator.freeFramesIn(address(block.start()), block.order())
                            == twin.freeFramesIn(block.start(), block.order()),
                    "freeFramesIn " + block);
        }

        private void compareFrames() {
            for (int frame = 0; frame < frames; frame++) {
                check(allocator.isFree(address(frame)) == twin.isFree(frame), "isFree " + frame);
                check(
                        allocator.allocatedOrder(address(frame)) == twin.allocatedOrder(frame),
                        "allocatedOrder " + frame);
            }
            long[] next = {BASE};
            allocator.forEachBlock((address, order, isFree) -> {
                check(address == next[0], "forEachBlock leaves no gap");
                int frame = (int) (address - BASE >> 12);
                check(isFree == twin.isFree(frame), "forEachBlock at " + frame);
                next[0] = address + (4096L << order);
            });
            check(next[0] == allocator.end(), "forEachBlock ends at the end");
        }

        private static long address(int frame) {
            return BASE + frame * 4096L;
        }

        private void check(boolean condition, String what) {
            if (!condition) {
                throw new AssertionError(
                        "seed " + seed + ", frames " + frames + ", step " + step + ": " + what);
            }
        }
    }

    @ParameterizedTest(name = "{0} sequences of {1} steps on up to {2} frames from seed {3}")
    @CsvSource({"12000, 60, 80, 1000000", "600, 150, 600, 2000000", "60, 400, 4000, 3000000"})
    void everyStepIsLikeTheTwinsAndFreeingAllRestoresTheStart(
            int sequences, int steps, int maxFrames, long firstSeed) {
        int done = 0;
        for (long seed = firstSeed; seed < firstSeed + sequences; seed++) {
            Sequence sequence = new Sequence(seed, maxFrames);
            sequence.run(steps);
            sequence.freeEverything();
            done++;
        }
        assertThat(done).isEqualTo(sequences);
    }
}
