package org.nestwalk.lab.conformance;

import java.io.IOException;
import java.io.Reader;
import java.util.Arrays;
import org.nestwalk.InputException;

/// Splits text into lines without copying them: a line lies in the buffer until the next call.
final class CaseLines {
    /// The longest line there may be, in characters; a longer one is not a case.
    static final int LONGEST = 1 << 24;

    private final Reader reader;
    private char[] buffer = new char[1 << 16];
    private int from;
    private int to = -1;
    private int end;
    private boolean atEnd;

    CaseLines(Reader reader) {
        this.reader = reader;
    }

    /// Moves to the next line; false if there is none.
    boolean next() throws IOException {
        from = Math.min(to + 1, end);
        int at = from;
        while (true) {
            while (at < end && buffer[at] != '\n') {
                at++;
            }
            if (at < end || atEnd) {
                to = at;
                return from < end;
            }
            at = fill();
        }
    }

    /// Reads more behind the unfinished line, which moves to the front; returns where it goes on.
    private int fill() throws IOException {
        int kept = end - from;
        if (kept >= LONGEST) {
            throw new InputException("a line of more than 16 million characters is not a case");
        }
        if (kept == buffer.length) {
            buffer = Arrays.copyOf(buffer, 2 * kept);
        } else {
            System.arraycopy(buffer, from, buffer, 0, kept);
        }
        from = 0;
        end = kept;
        int count = reader.read(buffer, kept, buffer.length - kept);
        atEnd = count < 0;
        end += Math.max(0, count);
        return kept;
    }

    /// Whether the line holds white space only.
    boolean isBlank() {
        for (int i = from; i < to; i++) {
            if (buffer[i] > ' ') {
                return false;
            }
        }
        return true;
    }

    /// The array that holds the line.
    char[] buffer() {
        return buffer;
    }

    /// The index of its first character.
    int from() {
        return from;
    }

    /// Its number of characters, without the end of the line.
    int length() {
        return to - from;
    }
}
