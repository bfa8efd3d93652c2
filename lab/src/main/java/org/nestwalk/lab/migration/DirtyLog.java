package org.nestwalk.lab.migration;

import java.io.BufferedReader;
import java.io.IOException;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.nestwalk.InputException;
import org.nestwalk.hypervisor.migration.PageActivity;
import org.nestwalk.hypervisor.migration.RepeatedActivity;
import org.nestwalk.hypervisor.migration.Touches;
import org.nestwalk.memory.PageSet;

/// What a guest wrote, as its own host reports it, in a file of comma-separated values:
///
/// ```
/// milliseconds,page,count
/// 100,5120,3
/// 100,7000,1
/// 200,5120,2
/// ```
///
/// At 100 ms pages 5120 to 5122 and 7000, numbered by guest-physical address / 4096, were found
/// written since the line before of another time, or since 0; and so on. Lines that begin with `#`
/// are left out. Which pages are only read is not known; all of the guest's memory is taken to hold
/// something.
public final class DirtyLog {
    private static final String HEADER = "milliseconds,page,count";
    private static final String BYTE_ORDER_MARK = "\uFEFF";
    private static final int PAGE_SHIFT = 12;
    private static final double MOST_MILLISECONDS = 1e9;
    private static final double MICROSECOND = 1e3;
    private static final long LONGEST = 2_000_000_000L;
    private static final String RIGHT = "a line is milliseconds,page,count";

    private final Path file;
    private final long pages;
    private final List<PageActivity.Interval> intervals = new ArrayList<>();
    private final PageSet written = new PageSet();
    private double begun;
    private double now;
    private int line;

    private DirtyLog(Path file, long memoryBytes) {
        this.file = file;
        this.pages = memoryBytes >> PAGE_SHIFT;
    }

    /// What a file says, again and again.
    ///
    /// @param memoryBytes of the guest
    /// @throws InputException if it cannot be read, or says something else
    public static RepeatedActivity read(Path file, long memoryBytes) {
        DirtyLog log = new DirtyLog(file, memoryBytes);
        try (BufferedReader reader = Files.newBufferedReader(file, StandardCharsets.UTF_8)) {
            log.readAll(reader);
        } catch (CharacterCodingException e) {
            throw new InputException(file + " is no text in UTF-8; " + RIGHT, e);
        } catch (IOException e) {
            String why =
                    e instanceof NoSuchFileException
                            ? "there is no such file"
                            : Files.isDirectory(file) ? "it is a folder" : e.getMessage();
            throw new InputException("%s: cannot be read (%s)".formatted(file, why), e);
        }
        PageSet held = new PageSet();
        held.add(0, memoryBytes);
        return new RepeatedActivity(memoryBytes, held, false, log.intervals);
    }

    private void readAll(BufferedReader reader) throws IOException {
        boolean headed = false;
        for (String text = reader.readLine(); text != null; text = reader.readLine()) {
            line++;
            if (line == 1 && text.startsWith(BYTE_ORDER_MARK)) {
                text = text.substring(1);
            }
            if (text.isBlank() || text.startsWith("#")) {
                continue;
            }
            if (!headed) {
                headed = true;
                if (!text.strip().equals(HEADER)) {
                    throw bad("begins with '" + text.strip() + "', not with " + HEADER);
                }
                continue;
            }
            read(text.split(",", -1));
        }
        if (now > begun) {
            end();
        }
        if (intervals.isEmpty()) {
            throw new InputException(
                    file + " tells of no written page; after the header, " + RIGHT);
        }
    }

    private void read(String[] fields) {
        if (fields.length != 3) {
            throw bad("has " + fields.length + " fields; " + RIGHT);
        }
        double time = number(fields[0]) * 1e6;
        long page = whole(fields[1]);
        long count = whole(fields[2]);
        if (time < now) {
            throw bad("is earlier than the line before; times do not go down");
        }
        if (time != now && time - now < MICROSECOND || time == 0) {
            throw bad(
                    "is less than a microsecond after the time before; the first is 0.001"
                            + " milliseconds or more");
        }
        if (count < 1) {
            throw bad("has a count of 0; it is 1 or more");
        }
        if (page > pages - count) {
            throw bad(
                    "is about pages %,d to %,d of a guest that has %,d"
                            .formatted(page, page + count - 1, pages));
        }
        if (time > now && now > begun) {
            end();
        }
        now = time;
        written.add(page << PAGE_SHIFT, count << PAGE_SHIFT);
    }

    private double number(String field) {
        try {
            double value = Double.parseDouble(field.strip());
            if (value >= 0 && value <= MOST_MILLISECONDS) {
                return value;
            }
        } catch (NumberFormatException e) {
            // Said below, as all that is wrong is.
        }
        throw bad("has '" + field + "' in place of milliseconds, 0.001 to 1e9; " + RIGHT);
    }

    private long whole(String field) {
        try {
            long value = Long.parseLong(field.strip());
            if (value >= 0 && value < 1L << 40) {
                return value;
            }
        } catch (NumberFormatException e) {
            // Said below, as all that is wrong is.
        }
        throw bad("has '" + field + "' in place of a number of pages; " + RIGHT);
    }

    private InputException bad(String what) {
        return new InputException("%s, line %,d: %s".formatted(file, line, what));
    }

    /// Pages are written one after the other between two times.
    private void end() {
        long nanoseconds = Math.max(1, Math.round(now - begun));
        int count = Math.toIntExact(written.size());
        // Long intervals are cut, since times in one have 32 bits.
        int pieces = count == 0 ? 1 : (int) (nanoseconds / LONGEST) + 1;
        long piece = Math.max(1, nanoseconds / pieces);
        int[] all = new int[count];
        long gpa = written.first(0);
        for (int i = 0; i < count; i++) {
            all[i] = (int) (gpa >> PAGE_SHIFT);
            gpa = written.first(gpa + (1L << PAGE_SHIFT));
        }
        for (int i = 0; i < pieces; i++) {
            int from = (int) ((long) count * i / pieces);
            int to = (int) ((long) count * (i + 1) / pieces);
            int[] numbers = new int[to - from];
            int[] times = new int[to - from];
            for (int j = from; j < to; j++) {
                numbers[j - from] = all[j];
                times[j - from] = (int) (piece * (j - from) / Math.max(1, to - from));
            }
            Touches writes = new Touches(numbers, times);
            intervals.add(new PageActivity.Interval(piece, writes, writes));
        }
        begun = now;
        written.clear();
    }
}
