package org.nestwalk.lab.labs.validate;

import org.nestwalk.bits.Access;
import org.nestwalk.guest.AccessSource;
import org.nestwalk.guest.program.Program;

/// The accesses of a program, with offsets in its data in place of addresses, over and over.
final class Stream {
    private static final int BLOCK = 4_096;

    private final Program program;
    private final long[] block = new long[BLOCK];
    private AccessSource source;
    private int at;
    private int filled;

    /// From the program's beginning.
    Stream(Program program) {
        this.program = program;
        source = program.open();
    }

    /// Fills `accesses` with the next ones.
    void next(long[] accesses) {
        for (int i = 0; i < accesses.length; ) {
            if (at == filled) {
                fill();
            }
            int some = Math.min(filled - at, accesses.length - i);
            for (int end = i + some; i < end; i++) {
                accesses[i] = Access.displaced(block[at++], -program.base());
            }
        }
    }

    private void fill() {
        at = 0;
        filled = source.next(block);
        if (filled == 0) {
            source = program.open();
            filled = source.next(block);
        }
    }
}
