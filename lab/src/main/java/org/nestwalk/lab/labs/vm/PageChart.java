package org.nestwalk.lab.labs.vm;

import static org.nestwalk.document.Figures.bytes;
import static org.nestwalk.document.Figures.format;
import static org.nestwalk.document.Figures.time;

import java.util.List;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/// Pages by size as time goes on, drawn: a row for each kind, darker where there are more.
final class PageChart {
    private static final int MOST_COLUMNS = 60;
    // Names, the border, and the most of each row.
    private static final int MARGIN = 30;
    private static final String INK = " .:-=+*#%@";

    private PageChart() {}

    /// The chart in lines of up to `width` characters, from 0 to `end` nanoseconds; rows that are
    /// always empty are left out.
    static String of(List<PageReport> timeline, long end, int width) {
        long most = 0;
        for (PageReport moment : timeline) {
            most = Math.max(most, moment.guestSmall() + moment.guestLarge());
            Long small = moment.hostSmall();
            Long large = moment.hostLarge();
            most = Math.max(most, small == null || large == null ? 0 : small + large);
        }
        if (most == 0) {
            return "";
        }
        int columns = Math.min(MOST_COLUMNS, width - MARGIN);
        StringBuilder text = new StringBuilder();
        text.append(
                format(
                        "  over time, from 0 to %s, and the most of each row;%n"
                                + "  @ is %s, . a ninth or less%n",
                        time(end), bytes(most)));
        draw(text, columns, "guest 4K", timeline, end, most, PageReport::guestSmall);
        draw(text, columns, "guest 2M", timeline, end, most, PageReport::guestLarge);
        draw(text, columns, "  on host 2M", timeline, end, most, PageReport::guestLargeOnLarge);
        draw(text, columns, "host 4K", timeline, end, most, PageReport::hostSmall);
        draw(text, columns, "host 2M", timeline, end, most, PageReport::hostLarge);
        return text.toString();
    }

    private static void draw(
            StringBuilder text,
            int columns,
            String name,
            List<PageReport> timeline,
            long end,
            long most,
            Function<PageReport, @Nullable Long> kind) {
        long highest = 0;
        StringBuilder row = new StringBuilder("|");
        for (int column = 0; column < columns; column++) {
            long from = end * column / columns;
            long until = end * (column + 1) / columns;
            long value = between(timeline, until, kind);
            for (PageReport moment : timeline) {
                if (moment.nanoseconds() > from && moment.nanoseconds() <= until) {
                    value = Math.max(value, bytesOf(moment, kind));
                }
            }
            highest = Math.max(highest, value);
            row.append(ink(value, most));
        }
        if (highest > 0) {
            text.append(format("  %-12s  %s|  %10s%n", name, row, bytes(highest)));
        }
    }

    /// At `time`, as if it changed evenly between moments.
    private static long between(
            List<PageReport> timeline, long time, Function<PageReport, @Nullable Long> kind) {
        PageReport before = timeline.getFirst();
        for (PageReport moment : timeline) {
            if (moment.nanoseconds() > time) {
                long from = bytesOf(before, kind);
                long span = Math.max(1, moment.nanoseconds() - before.nanoseconds());
                double part = (double) Math.max(0, time - before.nanoseconds()) / span;
                return from + Math.round(part * (bytesOf(moment, kind) - from));
            }
            before = moment;
        }
        return bytesOf(before, kind);
    }

    private static long bytesOf(PageReport moment, Function<PageReport, @Nullable Long> kind) {
        Long bytes = kind.apply(moment);
        return bytes == null ? 0 : bytes;
    }

    /// Blank for nothing; otherwise darker by ninths.
    private static char ink(long value, long most) {
        int ninths = (int) Math.ceil(9.0 * value / most);
        return INK.charAt(Math.clamp(ninths, 0, INK.length() - 1));
    }
}
