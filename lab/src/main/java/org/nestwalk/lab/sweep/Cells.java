package org.nestwalk.lab.sweep;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import org.nestwalk.InputException;
import org.nestwalk.Names;
import org.nestwalk.Quantities;
import org.nestwalk.Release;
import org.nestwalk.document.json.Json;
import org.nestwalk.lab.experiment.Experiment;
import org.nestwalk.lab.labs.Experiments;
import org.nestwalk.lab.labs.run.RunParameters;
import org.nestwalk.lab.setup.Setups;
import org.nestwalk.parameter.Arguments;

/// The cells of a study, in order.
///
/// @param study what was asked
/// @param cells all that can be run
/// @param skipped how many the study leaves out
/// @param impossible how many cannot be, and were left out because that was wanted
/// @param problem why the first of these cannot be; empty if none was left out
/// @param inputs digests of the files that they read, by the names that the study gives
public record Cells(
        Study study,
        List<Cell> cells,
        long skipped,
        long impossible,
        String problem,
        SortedMap<String, String> inputs) {
    /// The most cells that a study has.
    public static final int MOST = 10_000_000;

    private static final int ID_DIGITS = 24;

    /// Copies the collections.
    public Cells {
        cells = List.copyOf(cells);
        inputs = Collections.unmodifiableSortedMap(new TreeMap<>(inputs));
    }

    /// The combinations of a study, before any is looked at.
    ///
    /// @throws InputException if there are more than [#MOST]
    public static long combinations(Study study) {
        long all = 1;
        for (Axis axis : expand(study).axes()) {
            all *= axis.values().size();
            if (all > MOST) {
                throw new InputException(
                        "the study has more than %,d combinations; set fewer values"
                                .formatted(MOST));
            }
        }
        return all;
    }

    /// The cells of `study`.
    ///
    /// @param skipImpossible whether combinations that cannot be are left out; otherwise they are
    ///   an error
    /// @throws InputException if a name or value is wrong, with the combination that has it
    public static Cells of(Study study, boolean skipImpossible) {
        return of(study, skipImpossible, new Inputs());
    }

    /// The cells of a study that was run with files of these digests. The files may have changed
    /// since, or be gone.
    static Cells recorded(Study study, Map<String, String> inputs) {
        return of(study, true, new Inputs(inputs));
    }

    private static Cells of(Study study, boolean skipImpossible, Inputs inputs) {
        Experiment<?> experiment = experiment(study.experiment());
        Study full = expand(study);
        full.checkSkips();
        Asking asking = new Asking(experiment, inputs);
        full.axes().forEach(asking::check);
        asking.checkTogether(full.axes());
        long all = combinations(full);
        List<Cell> cells = new ArrayList<>();
        long skipped = 0;
        List<String> problems = new ArrayList<>();
        for (long number = 0; number < all; number++) {
            Map<String, String> values = values(full.axes(), number);
            if (full.skip().stream()
                    .anyMatch(skip -> values.entrySet().containsAll(skip.entrySet()))) {
                skipped++;
                continue;
            }
            try {
                cells.add(cell(cells.size(), values, experiment, asking, inputs));
            } catch (InputException e) {
                problems.add(
                        "%s: %s"
                                .formatted(
                                        new Cell(0, "", values, experiment, none()).name(),
                                        e.getMessage()));
            }
        }
        if (!problems.isEmpty() && (!skipImpossible || cells.isEmpty())) {
            throw new InputException(
                    "%s of %s cannot be; the first is %s%s"
                            .formatted(
                                    Quantities.counted(problems.size(), "combination"),
                                    "%,d".formatted(all),
                                    problems.getFirst(),
                                    cells.isEmpty()
                                            ? ""
                                            : "; leave such combinations out if the others are"
                                                    + " meant"));
        }
        if (cells.isEmpty()) {
            throw new InputException("the study leaves all its combinations out");
        }
        return new Cells(
                full,
                cells,
                skipped,
                problems.size(),
                problems.isEmpty() ? "" : problems.getFirst(),
                inputs.all());
    }

    private static Arguments none() {
        return Arguments.defaults(List.of());
    }

    /// The cell of `values`.
    static Cell cell(
            int index,
            Map<String, String> values,
            Experiment<?> experiment,
            Asking asking,
            Inputs inputs) {
        Arguments arguments = asking.arguments(values);
        return new Cell(index, id(experiment, arguments, inputs), values, experiment, arguments);
    }

    static Experiment<?> experiment(String name) {
        List<String> known =
                Experiments.withCommands().stream().map(one -> one.spec().name()).toList();
        return Experiments.find(name)
                .orElseThrow(() ->
                        new InputException(
                                "no experiment '%s'%s; there are %s"
                                        .formatted(
                                                name,
                                                Names.suggestion(name, known),
                                                String.join(", ", known))));
    }

    /// Where all setups are asked for, each is a value of its own.
    private static Study expand(Study study) {
        List<Axis> axes = new ArrayList<>();
        for (Axis axis : study.axes()) {
            boolean all =
                    study.experiment().equals(Study.USUAL)
                            && axis.name().equals(RunParameters.SETUPS)
                            && axis.values().equals(List.of(RunParameters.ALL));
            axes.add(all ? new Axis(axis.name(), Setups.all()) : axis);
        }
        return new Study(study.experiment(), axes, study.skip());
    }

    private static Map<String, String> values(List<Axis> axes, long number) {
        long rest = number;
        String[] texts = new String[axes.size()];
        for (int i = axes.size() - 1; i >= 0; i--) {
            List<String> values = axes.get(i).values();
            texts[i] = values.get((int) (rest % values.size()));
            rest /= values.size();
        }
        Map<String, String> values = new LinkedHashMap<>();
        for (int i = 0; i < texts.length; i++) {
            values.put(axes.get(i).name(), texts[i]);
        }
        return values;
    }

    private static String id(Experiment<?> experiment, Arguments arguments, Inputs inputs) {
        Map<String, Object> manifest = new LinkedHashMap<>();
        manifest.put("version", Release.VERSION);
        manifest.put("experiment", experiment.spec().name());
        manifest.put("arguments", arguments.values());
        manifest.put("inputs", inputs.of(arguments));
        byte[] text = Json.line(manifest).getBytes(StandardCharsets.UTF_8);
        return HexFormat.of().formatHex(Inputs.sha256().digest(text)).substring(0, ID_DIGITS);
    }
}
