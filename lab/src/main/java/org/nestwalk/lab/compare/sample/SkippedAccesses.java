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

    /// By kind, the bits of an access that are noted: those of a load of its line, or of a fetch
    /// from its page.
    private static final long[] KEPT = {
        Access.pack(Access.LOAD, ~LINE),
        Access.pack(Access.LOAD, ~LINE),
        Access.pack(Access.FETCH, ~PAGE),
        Access.pack(Access.LOAD, ~LINE)
    };

    private static final int SLOTS = 1 << 13;
    private static final int PARTS = 8;

    /// Twice the numbers of pages that were touched, and these plus one of pages that were written.
    private final NumberSet uses = new NumberSet();

    private final long[] lines;
    private final long again;
    private final long[] recent = new long[2 * SLOTS];
    private long noted;
    private int next;
    private long lastLine = -1;
    private long lastFetch = -1;
    private long lastUse = -1;

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
        note(block, from, to);
        return firsts(block, from, to, firsts);
    }

    private int firsts(long[] block, int from, int to, long[] firsts) {
        long last = lastUse;
        int found = 0;
        for (int i = from; i < to; i++) {
            long access = block[i];
            long use = Access.pageNumber(access) << 1;
            use += Access.isWrite(access) ? 1 : 0;
            if (use != last) {
                last = use;
                if (uses.add(use)) {
                    // A page that is written is touched, too.
                    boolean _ = uses.add(use & -2);
                    firsts[found++] = access;
                }
            }
        }
        lastUse = last;
        return found;
    }

    // What changes with every access is in local variables: fields would be stored each time, which
    // takes twice as long.
    private void note(long[] block, int from, int to) {
        long dataLine = lastLine;
        long fetchedPage = lastFetch;
        long count = noted;
        int at = next;
        for (int i = from; i < to; i++) {
            long access = block[i];
            long line = access & KEPT[Access.kind(access)];
            if (line == dataLine || line == fetchedPage) {
                continue;
            }
            if (Access.isFetch(access)) {
                fetchedPage = line;
            } else {
                dataLine = line;
            }
            // Stored each time, counted only if it was not noted a short while ago: whether it was
            // is hard to predict.
            int slot = (int) (line * 0x9e3779b97f4a7c15L >>> 51) << 1;
            long when = recent[slot + 1];
            boolean isNew = recent[slot] != line || count - when >= again;
            recent[slot] = line;
            recent[slot + 1] = isNew ? count : when;
            lines[at] = line;
            count += isNew ? 1 : 0;
            at += isNew ? 1 : 0;
            at = at == lines.length ? 0 : at;
        }
        lastLine = dataLine;
        lastFetch = fetchedPage;
        noted = count;
        next = at;
    }

    /// The lines that were noted, the last one last, as loads and fetches.
    long[] replay() {
        int count = (int) Math.min(noted, lines.length);
        int begin = count < lines.length ? 0 : next;
        int head = Math.min(count, lines.length - begin);
        long[] block = Arrays.copyOf(lines, count);
        System.arraycopy(lines, begin, block, 0, head);
        System.arraycopy(lines, 0, block, head, count - head);
        return block;
    }

    /// Forgets the lines, as what comes after them has been made.
    void forget() {
        noted = 0;
        next = 0;
        lastLine = -1;
        lastFetch = -1;
        Arrays.fill(recent, -1);
    }
}
