package org.nestwalk.lab.labs.paper;

import java.util.List;
import org.jspecify.annotations.Nullable;

/// Published figures beside ours, by paper; of a run that was ended early, those that were
/// finished.
///
/// @param footprint bytes of each program's data
/// @param accesses of each run that were measured, after as many that were not
/// @param papers in the order asked for
public record PaperResult(long footprint, long accesses, List<Reproduced> papers) {
    /// Copies the list.
    public PaperResult {
        papers = List.copyOf(papers);
    }

    /// A paper.
    ///
    /// @param name how it is called here
    /// @param cite authors, title, venue and year
    /// @param machine the preset that stands for the paper's
    /// @param programs that stand for the paper's
    /// @param figures as far as they were made
    public record Reproduced(
            String name, String cite, String machine, List<String> programs, List<Row> figures) {
        /// Copies the lists.
        public Reproduced {
            programs = List.copyOf(programs);
            figures = List.copyOf(figures);
        }
    }

    /// A figure.
    ///
    /// @param what it is of
    /// @param source where it is published: section, table, abstract
    /// @param least that is published; the value, if it is one
    /// @param most that is published
    /// @param here ours
    /// @param deviation of ours from what is published, 0.1 for 10 % more; 0 within it
    /// @param gain whether it is the gain of a speed, of which 1 is none
    /// @param why ours differs, if it does; left out otherwise
    public record Row(
            String what,
            String source,
            double least,
            double most,
            double here,
            double deviation,
            boolean gain,
            @Nullable String why) {
        /// Whether it deviates by no more than `most`.
        boolean isWithin(double most) {
            return Math.abs(deviation) <= most;
        }
    }

    /// All figures.
    List<Row> rows() {
        return papers.stream().flatMap(paper -> paper.figures().stream()).toList();
    }
}
