package org.nestwalk.document.text;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;
import org.nestwalk.document.Cell;
import org.nestwalk.document.Column;
import org.nestwalk.document.Distribution;
import org.nestwalk.document.Distribution.Bin;
import org.nestwalk.document.Distribution.Part;
import org.nestwalk.document.Distribution.Percentile;
import org.nestwalk.document.Figures;
import org.nestwalk.document.Measure;
import org.nestwalk.document.Table;

/// How figures are spread: histograms as bars; percentiles as strips on one axis where quartiles
/// are among them, and as a table where not.
final class Spreads {
    private static final String INDENT = "  ";
    private static final int MOST_COLUMNS = 100;
    private static final int MOST_BARS = 20;
    private static final double NEAR = 0.051;

    private final Distribution distribution;
    private final int room;
    private final StringBuilder text = new StringBuilder();

    private Spreads(Distribution distribution, int room) {
        this.distribution = distribution;
        this.room = Math.min(room, MOST_COLUMNS);
    }

    /// All parts in lines of up to `room` characters, each ended by a newline.
    static String of(Distribution distribution, int room) {
        Spreads spreads = new Spreads(distribution, room);
        List<Part> strips = distribution.parts().stream().filter(Spreads::hasQuartiles).toList();
        if (!strips.isEmpty()) {
            spreads.strips(strips);
        }
        List<Part> others =
                distribution.parts().stream()
                        .filter(part -> !part.percentiles().isEmpty() && !hasQuartiles(part))
                        .toList();
        if (!others.isEmpty()) {
            spreads.table(others);
        }
        distribution.parts().stream().filter(part -> !part.bins().isEmpty()).forEach(spreads::bars);
        return spreads.text.toString();
    }

    /// What the marks of strips mean, without a full stop; empty if there are no strips.
    static String legend(Distribution distribution) {
        Optional<Part> part =
                distribution.parts().stream().filter(Spreads::hasQuartiles).findFirst();
        if (part.isEmpty()) {
            return "";
        }
        List<Percentile> percentiles = part.get().percentiles();
        return Figures.format(
                ". is from %s to %s of them, = the middle half, | the median",
                Figures.percent(percentiles.getFirst().part()),
                Figures.percent(percentiles.getLast().part()));
    }

    private static boolean hasQuartiles(Part part) {
        return near(part, 0.25) != null && near(part, 0.75) != null;
    }

    private static @Nullable Percentile near(Part part, double wanted) {
        return part.percentiles().stream()
                .min(Comparator.comparingDouble(one -> Math.abs(one.part() - wanted)))
                .filter(one -> Math.abs(one.part() - wanted) <= NEAR)
                .orElse(null);
    }

    private void strips(List<Part> parts) {
        Measure values = distribution.values();
        double least = Double.MAX_VALUE;
        double most = -Double.MAX_VALUE;
        int names = 0;
        for (Part part : parts) {
            least = Math.min(least, part.percentiles().getFirst().value());
            most = Math.max(most, part.percentiles().getLast().value());
            names = Math.max(names, part.name().length());
        }
        int columns = Math.max(8, room - INDENT.length() - names - 2);
        for (Part part : parts) {
            StringBuilder strip = new StringBuilder(" ".repeat(columns));
            mark(
                    strip,
                    '.',
                    part.percentiles().getFirst(),
                    part.percentiles().getLast(),
                    least,
                    most);
            mark(strip, '=', near(part, 0.25), near(part, 0.75), least, most);
            Percentile median = near(part, 0.5);
            mark(strip, '|', median, median, least, most);
            line(part.name(), names, strip.toString());
        }
        String from = values.text(least);
        String to = values.text(most);
        line("", names, from + " ".repeat(Math.max(1, columns - from.length() - to.length())) + to);
    }

    private void mark(
            StringBuilder strip,
            char mark,
            @Nullable Percentile from,
            @Nullable Percentile to,
            double least,
            double most) {
        if (from == null || to == null) {
            return;
        }
        Measure values = distribution.values();
        int last = strip.length() - 1;
        int first = (int) Math.round(values.place(from.value(), least, most) * last);
        int end = (int) Math.round(values.place(to.value(), least, most) * last);
        for (int column = first; column <= end; column++) {
            strip.setCharAt(column, mark);
        }
    }

    private void line(String name, int names, String rest) {
        text.append((INDENT + name + " ".repeat(names - name.length() + 2) + rest).stripTrailing())
                .append('\n');
    }

    private void table(List<Part> parts) {
        TreeSet<Double> places = new TreeSet<>();
        parts.forEach(part -> part.percentiles().forEach(one -> places.add(one.part())));
        List<Column> columns = new ArrayList<>(List.of(Column.label("")));
        for (double place : places) {
            columns.add(Column.number(heading(place)).of(distribution.values().name()));
        }
        Table table = new Table(columns);
        for (Part part : parts) {
            List<Cell> row = new ArrayList<>(List.of(Cell.text(part.name())));
            for (double place : places) {
                row.add(
                        part.percentiles().stream()
                                .filter(one -> one.part() == place)
                                .map(one -> Cell.text(distribution.values().text(one.value())))
                                .findFirst()
                                .orElse(Cell.none()));
            }
            table.cells(row);
        }
        text.append(TableText.of(table, INDENT, room));
    }

    private static String heading(double place) {
        if (place == 0 || place == 1) {
            return place == 0 ? "least" : "most";
        }
        return place == 0.5
                ? "median"
                : "p" + Figures.format("%.4f", 100 * place).replaceAll("\\.?0+$", "");
    }

    private void bars(Part part) {
        if (!part.name().isEmpty()) {
            text.append(INDENT).append(part.name()).append('\n');
        }
        List<Bin> bins = merged(part.bins());
        long all = bins.stream().mapToLong(Bin::count).sum();
        long most = Math.max(1, bins.stream().mapToLong(Bin::count).max().orElse(1));
        List<String> names = bins.stream().map(this::range).toList();
        int widest = names.stream().mapToInt(String::length).max().orElse(0);
        int counts = Figures.format("%,d", most).length();
        int columns = Math.max(8, room - INDENT.length() - widest - counts - 14);
        for (int i = 0; i < bins.size(); i++) {
            long count = bins.get(i).count();
            int length = (int) Math.ceilDiv(count * columns, most);
            text.append(
                    Figures.format(
                            "%s%" + widest + "s  |%-" + columns + "s  %," + counts + "d  %s%n",
                            INDENT,
                            names.get(i),
                            "#".repeat(length),
                            count,
                            Figures.share(count, all)));
        }
    }

    private String range(Bin bin) {
        return distribution.values().text(bin.from())
                + " to "
                + distribution.values().text(bin.to());
    }

    /// At most [#MOST_BARS] bins; as many neighbours as that takes are counted as one.
    private static List<Bin> merged(List<Bin> bins) {
        int together = Math.ceilDiv(bins.size(), MOST_BARS);
        List<Bin> merged = new ArrayList<>();
        for (int from = 0; from < bins.size(); from += together) {
            List<Bin> some = bins.subList(from, Math.min(bins.size(), from + together));
            merged.add(
                    new Bin(
                            some.getFirst().from(),
                            some.getLast().to(),
                            some.stream().mapToLong(Bin::count).sum()));
        }
        return merged;
    }
}
