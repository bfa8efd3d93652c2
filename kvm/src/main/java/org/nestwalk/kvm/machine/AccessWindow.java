package org.nestwalk.kvm.machine;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import org.nestwalk.bits.Access;

/// Copies accesses to a virtual CPU's window, but none to the control area's part of the address
/// space, which programs must not reach.
final class AccessWindow {
    private static final long UPPER_HALF = 1L << 56;

    // So few that they are still in the first-level cache when they are copied.
    private static final int PART = 512;

    private final MemorySegment window;

    AccessWindow(MemorySegment window) {
        this.window = window;
    }

    /// Fills it with up to `count` accesses from index `from` on, those before the first that must
    /// not be made.
    ///
    /// @return how many; 0 if the first is one of those
    int fill(long[] accesses, int from, int count) {
        for (int done = 0; done < count; done += PART) {
            int first = from + done;
            int part = Math.min(PART, count - done);
            int allowed = allowed(accesses, first, part);
            MemorySegment.copy(
                    accesses,
                    first,
                    window,
                    ValueLayout.JAVA_LONG,
                    (long) done * Long.BYTES,
                    allowed);
            if (allowed < part) {
                return done + allowed;
            }
        }
        return count;
    }

    private static int allowed(long[] accesses, int from, int count) {
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
