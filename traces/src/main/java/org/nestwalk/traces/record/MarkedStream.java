package org.nestwalk.traces.record;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/// Lines of text that a line of its own divides into parts: the stream ends before that line, until
/// it is asked to go on.
final class MarkedStream extends InputStream {
    private static final int SIZE = 1 << 16;

    private final InputStream stream;
    private final byte[] mark;
    private final byte[] buffer;
    private int position;
    private int limit;
    private boolean lineBegins = true;
    private boolean atMark;

    /// Divides `stream` at lines of `mark`.
    MarkedStream(InputStream stream, String mark) {
        this.stream = stream;
        this.mark = (mark + "\n").getBytes(StandardCharsets.US_ASCII);
        buffer = new byte[SIZE + this.mark.length];
    }

    /// Whether the stream has ended at a mark, not at its end; goes on behind that.
    boolean next() {
        boolean marked = atMark;
        atMark = false;
        return marked;
    }

    @Override
    public int read() throws IOException {
        byte[] one = new byte[1];
        return read(one, 0, 1) < 0 ? -1 : one[0] & 0xFF;
    }

    @Override
    public int read(byte[] to, int offset, int length) throws IOException {
        if (atMark || (position == limit && !fill())) {
            return -1;
        }
        int end = endOfPart();
        if (end == position) {
            position += mark.length;
            atMark = true;
            return -1;
        }
        int count = Math.min(length, end - position);
        System.arraycopy(buffer, position, to, offset, count);
        position += count;
        lineBegins = buffer[position - 1] == '\n';
        return count;
    }

    /// Reads more; false at the end. What may be the start of a mark is read on to its end.
    private boolean fill() throws IOException {
        position = 0;
        limit = 0;
        do {
            int count = stream.read(buffer, limit, Math.min(SIZE, buffer.length - limit));
            if (count < 0) {
                return limit > 0;
            }
            limit += count;
        } while (endsInStartOfMark());
        return true;
    }

    private boolean endsInStartOfMark() {
        int line = limit;
        while (line > 0 && limit - line < mark.length && buffer[line - 1] != '\n') {
            line--;
        }
        boolean begins = line > 0 ? buffer[line - 1] == '\n' : lineBegins;
        int length = limit - line;
        return begins
                && length > 0
                && length < mark.length
                && Arrays.equals(buffer, line, limit, mark, 0, length);
    }

    /// Index of the first mark from here, or of the end.
    private int endOfPart() {
        boolean begins = lineBegins;
        for (int i = position; i < limit; i++) {
            if (begins
                    && limit - i >= mark.length
                    && Arrays.equals(buffer, i, i + mark.length, mark, 0, mark.length)) {
                return i;
            }
            begins = buffer[i] == '\n';
        }
        return limit;
    }

    @Override
    public void close() throws IOException {
        stream.close();
    }
}
