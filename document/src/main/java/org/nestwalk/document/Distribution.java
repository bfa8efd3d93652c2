package org.nestwalk.document;

import java.util.List;

/// How figures of one or more kinds are spread.
///
/// @param name what it shows, as a title
/// @param values what the figures are
/// @param counts what the counts of bins are, such as `bursts`
/// @param parts one for each kind of figure, of names that differ
public record Distribution(String name, Measure values, Measure counts, List<Part> parts)
        implements Block {
    /// The figures of one kind: as a histogram, or by percentiles.
    ///
    /// @param name of the kind
    /// @param meaning one phrase; empty where the name says it
    /// @param bins of a histogram, from the least to the greatest; empty if there is none
    /// @param percentiles from the least to the greatest; empty if there are none
    public record Part(String name, String meaning, List<Bin> bins, List<Percentile> percentiles) {
        /// Copies the lists.
        public Part {
            bins = List.copyOf(bins);
            percentiles = List.copyOf(percentiles);
        }

        /// Figures as a histogram.
        public static Part histogram(String name, List<Bin> bins) {
            return new Part(name, "", bins, List.of());
        }

        /// Figures by percentiles.
        public static Part percentiles(String name, List<Percentile> percentiles) {
            return new Part(name, "", List.of(), percentiles);
        }
    }

    /// Figures that are alike.
    ///
    /// @param from the least that they can be
    /// @param to what they are below
    /// @param count how many there are
    public record Bin(double from, double to, long count) {}

    /// A figure that some are no greater than.
    ///
    /// @param part of all figures, 0 to 1, which are no greater
    /// @param value the figure
    public record Percentile(double part, double value) {}

    /// Copies the list.
    public Distribution {
        parts = List.copyOf(parts);
    }

    /// Whether there are no figures.
    public boolean isEmpty() {
        return parts.stream()
                .allMatch(part -> part.bins().isEmpty() && part.percentiles().isEmpty());
    }
}
