package org.nestwalk.lab.conformance;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.nestwalk.InputException;

/// Consecutive lines of a file of cases, copied so that they can be checked on any thread.
final class CaseBatch {
    private static final int FULL = 1 << 16;

    private final int firstLine;
    private char[] text = new char[FULL + FULL / 4];
    private int[] ends = new int[64];
    private int lines;
    private int length;

    /// An empty batch; line `firstLine` of the file comes next, from 1.
    CaseBatch(int firstLine) {
        this.firstLine = firstLine;
    }

    /// Adds the line that `source` is at.
    void add(CaseLines source) {
        int more = source.isBlank() ? 0 : source.length();
        if (length + more > text.length) {
            text = Arrays.copyOf(text, length + more);
        }
        if (lines == ends.length) {
            ends = Arrays.copyOf(ends, 2 * lines);
        }
        System.arraycopy(source.buffer(), source.from(), text, length, more);
        length += more;
        ends[lines++] = length;
    }

    /// Whether there is enough here to be worth a thread's while.
    boolean isFull() {
        return length >= FULL || lines >= FULL;
    }

    /// The line of the file that follows the batch.
    int nextLine() {
        return firstLine + lines;
    }

    /// Runs every case up to the first line that is none; blank lines are passed over.
    ///
    /// @param keep how many mismatches to keep
    BatchResult check(int keep) {
        CaseRunner runner = new CaseRunner();
        List<Mismatch> first = new ArrayList<>();
        long cases = 0;
        long accesses = 0;
        long mismatches = 0;
        int from = 0;
        for (int i = 0; i < lines; i++) {
            int end = ends[i];
            if (from == end) {
                continue;
            }
            try {
                ConformanceCase test = CaseParser.parse(text, from, end - from);
                cases++;
                accesses += test.accesses().size();
                for (Mismatch mismatch : runner.run(test)) {
                    mismatches++;
                    if (first.size() < keep) {
                        first.add(mismatch);
                    }
                }
            } catch (InputException e) {
                return new BatchResult(cases, accesses, mismatches, first, firstLine + i, e);
            }
            from = end;
        }
        return new BatchResult(cases, accesses, mismatches, first, nextLine(), null);
    }
}
