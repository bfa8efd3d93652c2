package org.nestwalk.lab.compare.sample;

import java.util.Arrays;
import org.nestwalk.bits.Access;
import org.nestwalk.memory.NumberSet;

/// What has to be known of accesses that are skipped to go on after them as if they had been made:
/// which pages they are the first to touch or to write, for the tables; and the lines that they
/// went to last, in order, which is what caches and TLBs hold.
///
/// A line that was noted a short while ago is not noted again, so that few accesses to many lines
/// are remembered, and not many to few.
final class SkippedAccesses {
    private static final long LINE = 63;
    private static final long PAGE = 4095;
    private static final int SLOTS = 1 << 13;
    private static final int PARTS = 8;

    private final NumberSet touched = new NumberSet();
    private final NumberSet written = new NumberSet();
    private final long[] lines;
    private final long again;
    private final long[] recent = new long[2 * SLOTS];
    private long noted;
    private long lastLine = -1;
    private long lastFetch = -1;
    private long lastTouched = -1;
    private long lastWritten = -1;

    /// Nothing skipped yet.
    ///
    /// @param length most lines to remember
    SkippedAccesses(int length) {
        this.lines = new long[length];
        this.again = Math.max(1, length / PARTS);
        forget();
    }

    /// Skips the accesses of `block` from index `from` to `to`.
    ///
    /// @param firsts gets, in order, those that are the first to touch a page, or the first to
    ///   write it; as long as `block`
    /// @return how many these are
    int skip(long[] block, int from, int to, long[] firsts) {
        int found = 0;
        for (int i = from; i < to; i++) {
            long access = block[i];
            long page = Access.pageNumber(access);
            if (Access.isWrite(access)) {
                if (page != lastWritten) {
                    lastWritten = page;
                    if (written.add(page)) {
                        boolean _ = touched.add(page);
                        firsts[found++] = access;
                    }
                }
            } else if (page != lastTouched) {
                lastTouched = page;
                if (touched.add(page)) {
                    firsts[found++] = access;
                }
            }
            note(access);
        }
        return found;
    }

    private void note(long access) {
        if (Access.isFetch(access)) {
            long page = Access.pack(Access.FETCH, Access.address(access) & ~PAGE);
            if (page != lastFetch) {
                lastFetch = page;
                add(page);
            }
        } else {
            long line = Access.pack(Access.LOAD, Access.address(access) & ~LINE);
            if (line != lastLine) {
                lastLine = line;
                add(line);
            }
        }
    }

    private void add(long line) {
        int slot = (int) (line * 0x9e3779b97f4a7c15L >>> 51) << 1;
        if (recent[slot] == line && noted - recent[slot + 1] < again) {
            return;
        }
        recent[slot] = line;
        recent[slot + 1] = noted;
        lines[(int) (noted % lines.length)] = line;
        noted++;
    }

    /// The lines that were noted, the last one last, as loads and fetches.
    long[] replay() {
        int count = (int) Math.min(noted, lines.length);
        int begin = (int) ((noted - count) % lines.length);
        int head = Math.min(count, lines.length - begin);
        long[] block = Arrays.copyOf(lines, count);
        System.arraycopy(lines, begin, block, 0, head);
        System.arraycopy(lines, 0, block, head, count - head);
        return block;
    }

    /// Forgets the lines, as what comes after them has been made.
    void forget() {
        noted = 0;
        lastLine = -1;
        lastFetch = -1;
        Arrays.fill(recent, -1);
    }
}
