package org.nestwalk.traces.record;

import org.nestwalk.bits.Access;
import org.nestwalk.traces.AccessInfo;

/// The instructions of a translation block: how they are fetched, and what they do to registers.
final class CodeBlock {
    /// A block of which nothing is known.
    static final CodeBlock UNKNOWN = new CodeBlock(new long[0], BlockFlow.UNKNOWN);

    /// The address of each instruction.
    final long[] address;

    /// Each fetch's kind and size, as [AccessInfo] packs them, in thread 0.
    final int[] info;

    /// Whether there are string instructions with a `rep` prefix, which are executed an iteration
    /// at a time but fetched once.
    final boolean repeats;

    final BlockFlow flow;

    private final long[] words;

    /// Of a block as `plugin.c` tells it, in a word for each instruction.
    CodeBlock(long[] words, BlockFlow flow) {
        this.words = words;
        this.flow = flow;
        address = new long[words.length];
        info = new int[words.length];
        boolean any = false;
        for (int i = 0; i < words.length; i++) {
            address[i] = words[i] >> 5;
            info[i] = AccessInfo.pack(Access.FETCH, (int) (words[i] >>> 1) & 15, 0);
            any |= repeats(i);
        }
        repeats = any;
    }

    /// Whether an instruction is a string instruction with a `rep` prefix.
    boolean repeats(int instruction) {
        return (words[instruction] & 1) != 0;
    }
}
