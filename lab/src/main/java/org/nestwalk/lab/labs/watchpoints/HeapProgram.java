package org.nestwalk.lab.labs.watchpoints;

import org.jspecify.annotations.Nullable;
import org.nestwalk.bits.Access;
import org.nestwalk.guest.StepSource;
import org.nestwalk.hypervisor.watchpoints.Suspicion;
import org.nestwalk.machine.Checksum;
import org.nestwalk.random.Permutation;
import org.nestwalk.random.Xoshiro256;
import org.nestwalk.random.ZipfDistribution;

/// What one CPU does with a [HeapMap]: bursts of accesses to its own objects, among which there may
/// be a bad one.
///
/// Its text has two instructions for each class of objects, a load and a store, in a function of
/// their own, which is called from two places.
final class HeapProgram implements StepSource {
    private static final long FUNCTION = 64;
    private static final long CALLS = 0x1000;
    private static final int PLACES = 2;

    private final HeapMap heap;
    private final int cpu;
    private final long base;
    private final Permutation heat;
    private final @Nullable ZipfDistribution skew;
    private final double stores;
    private final Xoshiro256 random;
    private long[] accesses = {};
    private byte[] classes = {};
    private byte[] places = {};
    private int count;
    private int bad = -1;
    private long made;

    /// @param base linear address of the heap
    /// @param skew exponent of the distribution of accesses over pages; 0 for an even one
    /// @param stores part of the accesses that are stores
    HeapProgram(
            HeapMap heap,
            int cpu,
            long base,
            Permutation heat,
            double skew,
            double stores,
            long seed) {
        this.heap = heap;
        this.cpu = cpu;
        this.base = base;
        this.heat = heat;
        this.skew = skew == 0 ? null : new ZipfDistribution(heap.pages(), skew);
        this.stores = stores;
        this.random = new Xoshiro256(seed);
    }

    /// The class of the instruction at an address.
    static int classOf(long instruction) {
        return (int) ((instruction - TEXT) / FUNCTION);
    }

    /// The store instruction of a class.
    static long store(int use) {
        return TEXT + use * FUNCTION + (long) Access.STORE * Long.BYTES;
    }

    /// Plans so many accesses to objects of its own for the next block.
    ///
    /// @return how many of them are stores
    int plan(int accesses) {
        grow(accesses + 1);
        count = 0;
        bad = -1;
        int stored = 0;
        for (int i = 0; i < accesses; i++) {
            int page =
                    (int)
                            (skew == null
                                    ? random.nextBelow(heap.pages())
                                    : heat.apply(skew.next(random) - 1));
            int object = heap.object(page, cpu, random);
            long word = heap.word(object, (int) random.nextBelow(heap.wordsOf(object)));
            boolean stores = random.nextFraction() < this.stores;
            stored += stores ? 1 : 0;
            put(word, stores ? Access.STORE : Access.LOAD, heap.classOf(object));
        }
        return stored;
    }

    private void grow(int most) {
        if (accesses.length < most) {
            accesses = new long[most];
            classes = new byte[most];
            places = new byte[most];
        }
    }

    private void put(long word, int kind, int use) {
        accesses[count] = Access.pack(kind, base + word * Long.BYTES);
        classes[count] = (byte) use;
        places[count] = (byte) random.nextBelow(PLACES);
        count++;
    }

    /// Adds a bad store of a kind to a random page to what is planned, at a random place in it.
    ///
    /// @param use class of the instruction that makes it
    /// @param pages of which one is hit, from the first on
    void plantBad(Suspicion kind, int use, int pages) {
        plantBadAt(kind, use, (int) random.nextBelow(pages));
    }

    /// Adds a bad store of a kind to a page to what is planned, at a random place in it.
    ///
    /// @param use class of the instruction that makes it
    void plantBadAt(Suspicion kind, int use, int page) {
        plant(wrongWord(kind, use, page), use);
    }

    /// Adds a bad store to a word to what is planned.
    void plant(long word, int use) {
        int at = (int) random.nextBelow(count + 1);
        put(word, Access.STORE, use);
        long access = accesses[at];
        accesses[at] = accesses[count - 1];
        accesses[count - 1] = access;
        byte other = classes[at];
        classes[at] = (byte) use;
        classes[count - 1] = other;
        bad = at;
    }

    private long wrongWord(Suspicion kind, int use, int page) {
        return switch (kind) {
            case WILD -> heap.wrong(page, use, random);
            case FREED -> heap.word(heap.freed(page, random), 0);
            case OVERRUN -> {
                int object = heap.staying(page, use, cpu);
                yield heap.word(object, heap.wordsOf(object));
            }
            case RACE -> heap.word(heap.staying(page, use, cpu == 0 ? 1 : 0), 0);
            case NONE -> throw new IllegalArgumentException("not bad");
        };
    }

    /// How many accesses the next block has.
    int planned() {
        return count;
    }

    @Override
    public int next(long[] block) {
        int filled = Math.min(count, block.length);
        System.arraycopy(accesses, 0, block, 0, filled);
        count = 0;
        return filled;
    }

    @Override
    public long instruction(long[] block, int index) {
        return instruction(index);
    }

    /// The instruction of an access of the last block.
    long instruction(int index) {
        return TEXT + classes[index] * FUNCTION + (long) Access.kind(accesses[index]) * Long.BYTES;
    }

    /// Where the function that it is in returns to.
    long caller(int index) {
        return TEXT + CALLS + ((long) places[index] * HeapMap.CLASSES + classes[index]) * FUNCTION;
    }

    /// The last block was made.
    void made(int accesses) {
        made += accesses;
    }

    /// Index of the bad access in the last block; -1 if there is none.
    int bad() {
        return bad;
    }

    /// Data accesses made before that at an index of the block that is being made.
    long cursor(int index) {
        return made + index;
    }

    /// What the access at an index stores.
    long value(int index) {
        return Checksum.value(cursor(index));
    }

    /// The linear address of an access of the last block.
    long address(int index) {
        return Access.address(accesses[index]);
    }
}
