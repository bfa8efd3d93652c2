package org.nestwalk.lab.conformance;

import org.nestwalk.memory.PhysicalMemory;

/// A short list of addresses, each with a 64-bit word: contents, expected changes, or masks.
final class Words {
    private final long[] pairs;

    /// Takes over `pairs`: address, word, address, word, ...
    Words(long[] pairs) {
        this.pairs = pairs;
    }

    /// Stores every word at its address, in order.
    void storeTo(PhysicalMemory memory) {
        for (int i = 0; i < pairs.length; i += 2) {
            memory.write(pairs[i], pairs[i + 1]);
        }
    }

    /// The OR of the words listed for `address`.
    long at(long address) {
        long word = 0;
        for (int i = 0; i < pairs.length; i += 2) {
            word |= pairs[i] == address ? pairs[i + 1] : 0;
        }
        return word;
    }
}
