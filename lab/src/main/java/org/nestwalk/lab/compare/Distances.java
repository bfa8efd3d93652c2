package org.nestwalk.lab.compare;

import java.util.Arrays;
import org.nestwalk.bits.Access;

/// Turns distances between data accesses of a trace into distances between packed words, where
/// accesses that cross pages have several and accesses that are left out have none.
final class Distances {
    private static final int NEAR = 16;
    private static final int MASK = NEAR - 1;
    private static final long NOWHERE = -NEAR;

    // Of the last data accesses of the trace, at their number modulo NEAR: the number of their last
    // word, as that completes them.
    private final long[] lastWords = new long[NEAR];
    private int access;
    private long words;

    Distances() {
        Arrays.fill(lastWords, NOWHERE);
    }

    /// The next data access has `count` words; 0 if it is left out.
    ///
    /// @param distance of the trace
    /// @return the distance of its first word, or 0; that of the further ones is larger by one each
    int next(int distance, int count) {
        long source = distance == 0 ? NOWHERE : lastWords[access - distance & MASK];
        long back = words - source;
        words += count;
        lastWords[access++ & MASK] = count == 0 ? NOWHERE : words - 1;
        return back <= Access.FARTHEST ? (int) back : 0;
    }
}
