package org.nestwalk.lab.labs.run;

import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.nestwalk.document.Cell;
import org.nestwalk.document.Figures;
import org.nestwalk.document.Grid;
import org.nestwalk.document.Grid.Label;
import org.nestwalk.document.Measure;
import org.nestwalk.lab.compare.ComparisonResult;
import org.nestwalk.lab.compare.Footprint;
import org.nestwalk.memory.Longs;

/// Where the accesses of a run went as time passed, and where each setup's TLBs missed.
///
/// @param width accesses of a column of time; the last may have fewer
/// @param ranges the rows, by ascending address: ranges of as many touched pages
/// @param accesses for each range, how many went there in each column
/// @param setups what of them each setup missed
public record FootprintReport(
        long width, List<Range> ranges, List<List<Long>> accesses, List<Misses> setups) {
    /// Copies the lists.
    public FootprintReport {
        ranges = List.copyOf(ranges);
        accesses = List.copyOf(accesses);
        setups = List.copyOf(setups);
    }

    /// A range of linear addresses.
    ///
    /// @param start its first address, as a signed number: negative in the upper half
    /// @param bytes to its end
    /// @param touched bytes of its pages that were touched, of 4 KiB, or of more where there are
    ///   more than [org.nestwalk.lab.compare.FootprintMap] keeps
    public record Range(long start, long bytes, long touched) {}

    /// What a setup missed.
    ///
    /// @param name the setup
    /// @param walks for each range, walks after misses of all TLBs in each column
    /// @param splintered of these, walks that put less into the TLB than the guest's page
    public record Misses(String name, List<List<Long>> walks, List<List<Long>> splintered) {
        /// Copies the lists.
        public Misses {
            walks = List.copyOf(walks);
            splintered = List.copyOf(splintered);
        }
    }

    static @Nullable FootprintReport of(ComparisonResult result) {
        if (result.footprints().isEmpty()) {
            return null;
        }
        Footprint any = result.footprints().getFirst();
        return new FootprintReport(
                any.width(),
                any.rows().stream()
                        .map(row -> new Range(row.start(), row.end() - row.start(), row.touched()))
                        .toList(),
                any.rows().stream().map(row -> list(row.accesses())).toList(),
                IntStream.range(0, result.setups().size())
                        .mapToObj(i -> {
                            List<Footprint.Row> rows = result.footprints().get(i).rows();
                            return new Misses(
                                    result.setups().get(i).name(),
                                    rows.stream().map(row -> list(row.walks())).toList(),
                                    rows.stream().map(row -> list(row.splintered())).toList());
                        })
                        .toList());
    }

    private static List<Long> list(Longs values) {
        List<Long> list = new ArrayList<>();
        values.forEach(list::add);
        return list;
    }

    /// As pictures: where accesses go, what misses under each setup, and what is splintered. None
    /// if nothing was counted.
    List<Grid> grids() {
        List<Grid> grids = new ArrayList<>();
        if (ranges.isEmpty()) {
            return grids;
        }
        grids.add(
                grid(
                        "where accesses go",
                        Measure.of("accesses").logarithmic(),
                        (row, column) -> {
                            long count = accesses.get(row).get(column);
                            return count == 0 ? Cell.none() : Cell.number("%,d", count);
                        }));
        for (Misses setup : setups) {
            add(grids, "misses under " + setup.name(), "walks", setup.walks());
            add(grids, "splintered under " + setup.name(), "splintered fills", setup.splintered());
        }
        return grids;
    }

    private void add(List<Grid> grids, String name, String what, List<List<Long>> counts) {
        if (counts.stream().flatMap(List::stream).allMatch(count -> count == 0)) {
            return;
        }
        grids.add(
                grid(
                        name,
                        Measure.of(what).logarithmic().lessIsBetter(),
                        (row, column) ->
                                accesses.get(row).get(column) == 0
                                        ? Cell.none()
                                        : Cell.number("%,d", counts.get(row).get(column))));
    }

    /// What a cell holds.
    @FunctionalInterface
    private interface Cells {
        Cell at(int row, int column);
    }

    private Grid grid(String name, Measure measure, Cells cells) {
        int width = accesses.getFirst().size();
        List<Label> columns =
                IntStream.range(0, width)
                        .mapToObj(i -> new Label("", Figures.format("%,d", i * this.width)))
                        .toList();
        List<Grid.Row> rows =
                IntStream.range(0, ranges.size())
                        .mapToObj(row ->
                                new Grid.Row(
                                        new Label(
                                                "",
                                                Figures.format("0x%x", ranges.get(row).start())),
                                        IntStream.range(0, width)
                                                .mapToObj(column -> cells.at(row, column))
                                                .toList()))
                        .toList();
        return new Grid(
                name,
                measure,
                Measure.of("address"),
                Measure.of("after accesses"),
                columns,
                rows,
                Grid.Form.SHADES);
    }
}
