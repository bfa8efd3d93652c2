package org.nestwalk.memory;

import java.util.Arrays;
import java.util.function.LongUnaryOperator;

/// Physical memory that stores single words anywhere in a 64-bit address space: an open-addressing
/// hash table from address to word. For small contents scattered widely, such as test cases; page
/// tables of whole machines live in [FlatMemory].
public final class SparseMemory implements PhysicalMemory {
    private static final long FREE = -1;

    private long[] addresses;
    private long[] words;
    private int used;
    private long rewrites;
    private long flagChanges;

    /// Empty memory: all zero.
    public SparseMemory() {
        addresses = new long[64];
        words = new long[64];
        Arrays.fill(addresses, FREE);
    }

    @Override
    public long read(long address) {
        long[] keys = addresses;
        int slot = slot(address);
        return keys[slot] == address ? words[slot] : 0;
    }

    @Override
    public void write(long address, long value) {
        long old = read(address);
        if (old != 0 && old != value) {
            rewrites++;
        }
        put(address, value);
    }

    @Override
    public void setFlags(long address, long value, boolean firstUse) {
        flagChanges += firstUse ? 0 : 1;
        put(address, value);
    }

    private void put(long address, long value) {
        int slot = slot(address);
        if (addresses[slot] != address) {
            if (value == 0) {
                return;
            }
            if (used * 2 >= addresses.length) {
                grow();
                slot = slot(address);
            }
            addresses[slot] = address;
            used++;
        }
        words[slot] = value;
    }

    @Override
    public long rewrites() {
        return rewrites;
    }

    @Override
    public long changes() {
        return rewrites + flagChanges;
    }

    /// Forgets all contents.
    public void clear() {
        Arrays.fill(addresses, FREE);
        used = 0;
        rewrites++;
    }

    /// Replaces the contents by those of `other`.
    public void copyFrom(SparseMemory other) {
        if (addresses.length == other.addresses.length) {
            System.arraycopy(other.addresses, 0, addresses, 0, addresses.length);
            System.arraycopy(other.words, 0, words, 0, words.length);
        } else {
            addresses = other.addresses.clone();
            words = other.words.clone();
        }
        used = other.used;
        rewrites++;
    }

    /// The address of some word in which this memory and `other` differ outside a mask, or -1.
    ///
    /// @param ignored gives, for an address, the mask of the bits that may differ there
    public long firstDifference(SparseMemory other, LongUnaryOperator ignored) {
        long here = differenceIn(this, other, ignored);
        return here != -1 ? here : differenceIn(other, this, ignored);
    }

    private static long differenceIn(
            SparseMemory listed, SparseMemory other, LongUnaryOperator ignored) {
        for (int i = 0; i < listed.addresses.length; i++) {
            long address = listed.addresses[i];
            if (address != FREE) {
                long difference = listed.words[i] ^ other.read(address);
                if (difference != 0 && (difference & ~ignored.applyAsLong(address)) != 0) {
                    return address;
                }
            }
        }
        return -1;
    }

    private int slot(long address) {
        long[] keys = addresses;
        int mask = keys.length - 1;
        int slot = (int) (address * 0x9e3779b97f4a7c15L >>> 40) & mask;
        while (keys[slot] != address && keys[slot] != FREE) {
            slot = slot + 1 & mask;
        }
        return slot;
    }

    private void grow() {
        long[] oldAddresses = addresses;
        long[] oldWords = words;
        addresses = new long[oldAddresses.length * 2];
        words = new long[oldWords.length * 2];
        Arrays.fill(addresses, FREE);
        for (int i = 0; i < oldAddresses.length; i++) {
            if (oldAddresses[i] != FREE) {
                int slot = slot(oldAddresses[i]);
                addresses[slot] = oldAddresses[i];
                words[slot] = oldWords[i];
            }
        }
    }
}
