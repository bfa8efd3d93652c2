package org.nestwalk.kvm.measure;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import org.nestwalk.bits.Access;
import org.nestwalk.bits.PageSize;
import org.nestwalk.kvm.code.DeclaredAccesses;
import org.nestwalk.kvm.measure.Loads.Place;

/// Somewhere that accesses of a program can be made and timed, with the dependence that they
/// declare: memory with pages of one size, natively or in a guest.
///
/// To be used by one thread, which is no virtual one.
public interface Replay extends AutoCloseable {
    /// Where they are made.
    Place place();

    /// The size of the pages of the program's own tables.
    PageSize pages();

    /// Bytes of memory.
    long bytes();

    /// Makes accesses, all of which are within the memory's first `footprint` bytes, in pieces.
    ///
    /// @param accesses packed, with offsets in place of addresses; as many as whole pieces take
    /// @param footprint bytes of data, at most [#bytes]
    /// @param length accesses of a piece, at least 1
    /// @return ticks of the time-stamp counter for each piece
    long[] times(long[] accesses, int length, long footprint);

    @Override
    void close();

    /// Writes `accesses` to `list`, with addresses from `base` on in place of offsets.
    static void write(long[] accesses, long base, MemorySegment list) {
        for (int i = 0; i < accesses.length; i++) {
            list.setAtIndex(ValueLayout.JAVA_LONG, i, Access.displaced(accesses[i], base));
        }
    }

    /// Writes the parameters of [DeclaredAccesses] to `block`.
    ///
    /// @param list where the accesses are
    /// @param times where times go
    static void write(MemorySegment block, long list, int pieces, int length, long times) {
        block.set(ValueLayout.JAVA_LONG, DeclaredAccesses.LIST, list);
        block.set(ValueLayout.JAVA_LONG, DeclaredAccesses.PIECES, pieces);
        block.set(ValueLayout.JAVA_LONG, DeclaredAccesses.LENGTH, length);
        block.set(ValueLayout.JAVA_LONG, DeclaredAccesses.TIMES, times);
    }

    /// The differences of the `pieces` and one more words that `times` begins with.
    static long[] differences(MemorySegment times, int pieces) {
        long[] ticks = new long[pieces];
        for (int i = 0; i < pieces; i++) {
            ticks[i] =
                    times.getAtIndex(ValueLayout.JAVA_LONG, i + 1)
                            - times.getAtIndex(ValueLayout.JAVA_LONG, i);
        }
        return ticks;
    }

    /// Checks what [#times] is given, and returns how many pieces that are.
    ///
    /// @param most accesses that there is room for
    default int pieces(long[] accesses, int length, long footprint, int most) {
        if (length < 1
                || accesses.length < length
                || accesses.length % length != 0
                || accesses.length > most
                || footprint > bytes()) {
            throw new IllegalArgumentException(
                    "%d accesses, %d a piece, to %d bytes"
                            .formatted(accesses.length, length, footprint));
        }
        return accesses.length / length;
    }
}
