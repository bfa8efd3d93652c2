package org.nestwalk.kvm.machine;

import org.nestwalk.bits.Access;

/// Finds accesses to the control area's part of the address space, which must not reach it.
final class Forbidden {
    private static final long UPPER_HALF = 1L << 56;

    private Forbidden() {}

    /// How many of the `count` accesses from index `from` come before the first of them.
    static int before(long[] accesses, int from, int count) {
        long any = 0;
        for (int i = from; i < from + count; i++) {
            any |= accesses[i];
        }
        if ((any & UPPER_HALF) == 0) {
            return count;
        }
        for (int i = from; i < from + count; i++) {
            if (ControlArea.contains(Access.address(accesses[i]))) {
                return i - from;
            }
        }
        return count;
    }
}
