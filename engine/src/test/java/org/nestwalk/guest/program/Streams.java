package org.nestwalk.guest.program;

import org.nestwalk.bits.Access;
import org.nestwalk.guest.StepSource;

/// Reads whole streams of programs, but for their system calls, for tests.
final class Streams {
    private Streams() {}

    static long[] read(String spec) {
        return read(ProgramSpec.parse(spec));
    }

    static long[] read(Program program) {
        return read(program, 1000);
    }

    static long[] read(Program program, int blockLength) {
        long[] all = new long[(int) program.accesses()];
        long[] block = new long[blockLength];
        StepSource source = program.steps();
        int at = 0;
        for (int n = source.next(block); n > 0 || source.call() != null; n = source.next(block)) {
            System.arraycopy(block, 0, all, at, n);
            at += n;
        }
        if (at != all.length || source.next(block) != 0) {
            throw new AssertionError(program.spec() + " gave " + at + " accesses");
        }
        return all;
    }

    static double shareOfStores(long[] accesses) {
        int stores = 0;
        for (long access : accesses) {
            stores += Access.isWrite(access) ? 1 : 0;
        }
        return (double) stores / accesses.length;
    }

    static long offset(long access) {
        return Access.address(access) - ProgramArguments.BASE;
    }
}
