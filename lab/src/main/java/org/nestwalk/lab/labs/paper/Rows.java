package org.nestwalk.lab.labs.paper;

import java.util.ArrayList;
import java.util.List;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;
import org.nestwalk.lab.labs.paper.Figure.Measure;

/// Figures as they are put down.
final class Rows {
    private final String machine;
    private final List<String> programs;
    private final List<String> all;
    private final List<Figure> figures;

    Rows(String machine, List<String> programs) {
        this(machine, programs, programs, new ArrayList<>());
    }

    private Rows(String machine, List<String> programs, List<String> all, List<Figure> figures) {
        this.machine = machine;
        this.programs = programs;
        this.all = all;
        this.figures = figures;
    }

    /// The same rows, to which figures of `program` alone are added.
    Rows of(String program) {
        return new Rows(machine, List.of(program), all, figures);
    }

    void steps(String what, String source, double published, String setup) {
        Trial trial = Trial.of(machine, programs.getFirst(), setup);
        figures.add(
                new Figure(
                        what + ", references one after the other",
                        source,
                        published,
                        published,
                        Measure.STEPS,
                        List.of(trial),
                        List.of(),
                        ""));
    }

    void time(String what, String source, double published, String over, String under) {
        ratio(
                Measure.TIME,
                what,
                source,
                published,
                published,
                trial -> trial.in(over),
                trial -> trial.in(under),
                Paper.BLOCKING);
    }

    void gain(
            String what,
            String source,
            double least,
            double most,
            UnaryOperator<Trial> over,
            UnaryOperator<Trial> under,
            String why) {
        ratio(Measure.GAIN, "gain by " + what, source, least, most, over, under, why);
    }

    void gainOverBest(
            String what,
            String source,
            double published,
            List<String> over,
            String under,
            String why) {
        List<Trial> alternatives =
                over.stream()
                        .flatMap(setup ->
                                programs.stream().map(program -> Trial.of(machine, program, setup)))
                        .toList();
        List<Trial> best =
                programs.stream().map(program -> Trial.of(machine, program, under)).toList();
        figures.add(
                new Figure(
                        "gain by " + what,
                        source,
                        published,
                        published,
                        Measure.GAIN,
                        alternatives,
                        best,
                        why));
    }

    void ratio(
            Measure measure,
            String what,
            String source,
            double least,
            double most,
            UnaryOperator<Trial> over,
            @Nullable UnaryOperator<Trial> under,
            String why) {
        List<Trial> trials =
                programs.stream().map(program -> Trial.of(machine, program, Paper.NATIVE)).toList();
        figures.add(
                new Figure(
                        what,
                        source,
                        least,
                        most,
                        measure,
                        trials.stream().map(over).toList(),
                        under == null ? List.of() : trials.stream().map(under).toList(),
                        why));
    }

    Paper paper(String name, String cite) {
        return new Paper(name, cite, machine, all, List.copyOf(figures));
    }
}
