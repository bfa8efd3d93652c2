package org.nestwalk.traces.format;

import java.nio.charset.StandardCharsets;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.nestwalk.InputException;
import org.nestwalk.bits.Access;
import org.nestwalk.traces.AccessInfo;
import org.nestwalk.traces.TraceBlock;

/// Text of `valgrind --tool=lackey --trace-mem=yes`, one access a line.
///
/// ```text
///  column 0 1 2 3
///        +-+-+-+------------------+-+----------+--+
///        |I| | | address, hex     |,| size dec.|\n|   instruction fetch
///        | |L| |                  | |          |  |   load (S store, M modify)
///        +-+-+-+------------------+-+----------+--+
/// ```
///
/// Lines that begin with `==`, `--` or `**` are valgrind's own and are skipped, and so are empty
/// ones and those of superblocks (`SB 0401ab70`, with `--trace-superblocks=yes`). Threads are not
/// told apart: all accesses belong to thread 0. Nor are processes, but valgrind's own lines tell
/// whether several wrote one file. Source: valgrind, lackey/lk_main.c.
public final class LackeyReader extends DecodedReader {
    private static final int MAX_LINE = 1 << 16;
    private static final byte[] HEX = hexValues();
    private static final Pattern VALGRINDS =
            Pattern.compile("(?s)(?:==(\\d{1,18})==|--\\d+--|\\*\\*\\d+\\*\\*).*");
    private static final int PREFIX = 32;

    private final ByteInput input;
    private final Set<Long> processes = new LinkedHashSet<>();
    private long line;

    /// Reads the text in `input`.
    public LackeyReader(ByteInput input) {
        this.input = input;
    }

    @Override
    public TraceDetails details() {
        if (processes.size() < 2) {
            return TraceDetails.NONE;
        }
        return TraceDetails.of(
                List.of(),
                List.of(
                        processes.size()
                                + " processes wrote this text, and its lines do not tell whose an"
                                + " access is: all are taken for one address space (--log-file=F.%p"
                                + " gives each process its own)"));
    }

    @Override
    void decode(TraceBlock block) {
        byte[] b = input.buffer;
        while (block.hasRoom()) {
            if (input.available() < MAX_LINE && input.fill() == 0) {
                return;
            }
            int last = input.limit;
            int safe = last - MAX_LINE;
            int at = input.position;
            do {
                at = parseLine(b, at, last, block);
            } while (at <= safe && block.hasRoom());
            input.position = at;
        }
    }

    /// Parses one line from `start`, adds its access if it has one, and returns where the next
    /// begins.
    private int parseLine(byte[] b, int start, int last, TraceBlock block) {
        line++;
        int kind = start + 3 < last ? kindOf(b[start], b[start + 1], b[start + 2]) : -1;
        if (kind < 0) {
            return skipLine(b, start, last);
        }
        int at = start + 3;
        long address = 0;
        int digit;
        while (at < last && (digit = HEX[b[at] & 0xFF]) >= 0) {
            if (address >>> 60 != 0) {
                throw garbled("the address has more than 16 digits");
            }
            address = (address << 4) | digit;
            at++;
        }
        if (at == start + 3 || at >= last || b[at] != ',') {
            throw garbled("no hexadecimal address followed by a comma");
        }
        int sizeStart = ++at;
        int size = 0;
        while (at < last && (digit = b[at] - '0') >= 0 && digit <= 9) {
            size = size * 10 + digit;
            if (size > AccessInfo.MAX_SIZE) {
                throw garbled("the size exceeds " + AccessInfo.MAX_SIZE);
            }
            at++;
        }
        if (at < last && b[at] == '\r') {
            at++;
        }
        if (at == sizeStart || (at < last && b[at] != '\n')) {
            throw garbled("no decimal size at the end of the line");
        }
        block.add(address, AccessInfo.pack(kind, size, 0));
        return Math.min(at + 1, last);
    }

    private static int kindOf(byte first, byte second, byte third) {
        if (third != ' ') {
            return -1;
        }
        if (first == ' ') {
            return switch (second) {
                case 'L' -> Access.LOAD;
                case 'S' -> Access.STORE;
                case 'M' -> Access.MODIFY;
                default -> -1;
            };
        }
        return first == 'I' && second == ' ' ? Access.FETCH : -1;
    }

    private int skipLine(byte[] b, int start, int last) {
        byte first = b[start];
        boolean empty = first == '\n' || first == '\r';
        boolean marked = first == '=' || first == '-' || first == '*';
        boolean valgrinds = marked && start + 1 < last && b[start + 1] == first;
        if (!empty && !valgrinds && !isSuperblock(b, start, last)) {
            throw garbled("this is not a line of lackey");
        }
        if (valgrinds) {
            noteProcess(b, start, last);
        }
        int at = start;
        while (at < last && b[at] != '\n') {
            at++;
        }
        if (at - start >= MAX_LINE) {
            throw garbled("the line is longer than " + MAX_LINE + " bytes");
        }
        return Math.min(at + 1, last);
    }

    private static boolean isSuperblock(byte[] b, int start, int last) {
        return start + 3 < last
                && b[start] == 'S'
                && b[start + 1] == 'B'
                && b[start + 2] == ' '
                && HEX[b[start + 3] & 0xFF] >= 0;
    }

    private void noteProcess(byte[] b, int start, int last) {
        Matcher matcher = VALGRINDS.matcher(prefix(b, start, last));
        if (matcher.matches() && matcher.group(1) != null) {
            processes.add(Long.parseLong(matcher.group(1)));
        }
    }

    private static String prefix(byte[] b, int start, int last) {
        int length = Math.min(last - start, PREFIX);
        return new String(b, start, length, StandardCharsets.ISO_8859_1);
    }

    private InputException garbled(String problem) {
        return new InputException(
                input.name()
                        + ": line "
                        + line
                        + ": "
                        + problem
                        + "; expected 'I  addr,size', ' L addr,size', ' S addr,size' or"
                        + " ' M addr,size' with a hexadecimal address and a decimal size");
    }

    /// Whether text that begins with these bytes can be lackey's: its first line that is not empty
    /// is.
    static boolean plausible(byte[] head, int length) {
        int at = 0;
        while (at < length && (head[at] == '\n' || head[at] == '\r')) {
            at++;
        }
        if (length - at < 4) {
            return false;
        }
        if (kindOf(head[at], head[at + 1], head[at + 2]) >= 0) {
            return HEX[head[at + 3] & 0xFF] >= 0;
        }
        return isSuperblock(head, at, length)
                || VALGRINDS.matcher(prefix(head, at, length)).matches();
    }

    @Override
    public void close() {
        input.close();
    }

    private static byte[] hexValues() {
        byte[] values = new byte[256];
        for (int c = 0; c < 256; c++) {
            values[c] = (byte) Character.digit(c, 16);
        }
        return values;
    }
}
