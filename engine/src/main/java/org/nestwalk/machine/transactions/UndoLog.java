package org.nestwalk.machine.transactions;

import java.util.Arrays;
import org.nestwalk.memory.FlatMemory;

/// The words of memory before the stores of a transaction.
public final class UndoLog {
    private static final int FIRST_ENTRIES = 64;

    private final FlatMemory memory;
    private long[] addresses = new long[FIRST_ENTRIES];
    private long[] words = new long[FIRST_ENTRIES];
    private int size;

    /// Empty.
    public UndoLog(FlatMemory memory) {
        this.memory = memory;
    }

    /// The word at `address`, a multiple of 8, is about to be stored to.
    public void remember(long address) {
        if (size == addresses.length) {
            addresses = Arrays.copyOf(addresses, 2 * size);
            words = Arrays.copyOf(words, 2 * size);
        }
        addresses[size] = address;
        words[size++] = memory.read(address);
    }

    /// Puts everything back, the last store first.
    public void rollBack() {
        while (size > 0) {
            size--;
            memory.store(addresses[size], words[size]);
        }
    }

    /// The stores stand.
    public void clear() {
        size = 0;
    }
}
