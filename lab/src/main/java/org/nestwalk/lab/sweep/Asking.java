package org.nestwalk.lab.sweep;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.nestwalk.InputException;
import org.nestwalk.Names;
import org.nestwalk.guest.program.ProgramSpec;
import org.nestwalk.guest.program.Programs;
import org.nestwalk.lab.experiment.Experiment;
import org.nestwalk.lab.machines.Machines;
import org.nestwalk.parameter.Arguments;
import org.nestwalk.parameter.Parameter;
import org.nestwalk.traces.Traces;

/// Turns values of axes into arguments of an experiment: some are values of its parameters, others
/// become part of the text that names its machine, or its programs.
final class Asking {
    private static final String SEED = "seed";
    private static final String PROGRAM_KEY = "program.";

    private final Experiment<?> experiment;
    private final List<Parameter> parameters;
    private final Inputs inputs;

    // What is wrong with machines and programs, by the texts that name them; empty for nothing.
    private final Map<String, String> machines = new HashMap<>();
    private final Map<String, String> programs = new HashMap<>();

    Asking(Experiment<?> experiment, Inputs inputs) {
        this.experiment = experiment;
        this.parameters = experiment.spec().all();
        this.inputs = inputs;
    }

    /// Fails if two of a study's axes set the same.
    void checkTogether(List<Axis> axes) {
        List<String> names = axes.stream().map(Axis::name).toList();
        if (names.contains(Study.SEEDS) && names.contains(SEED)) {
            throw new InputException(
                    "%s sets the seed of %s, as %s does; leave one of them out"
                            .formatted(Study.SEEDS, experiment.spec().name(), SEED));
        }
    }

    /// Fails if the experiment cannot be asked for what `axis` is.
    void check(Axis axis) {
        if (axis.name().equals(Study.SEEDS) && (find(SEED) != null || subject() != null)) {
            return;
        }
        if (find(axis.name()) != null || isProgramKey(axis.name()) || isField(axis.name())) {
            return;
        }
        List<String> names = parameters.stream().map(Parameter::name).toList();
        List<String> known = new ArrayList<>(names);
        if (hasMachine()) {
            known.addAll(Machines.fieldNames());
        }
        throw new InputException(
                "%s has no parameter '%s'%s; it has %s%s%s"
                        .formatted(
                                experiment.spec().name(),
                                axis.name(),
                                Names.suggestion(axis.name(), known),
                                String.join(", ", names),
                                hasMachine()
                                        ? ", and fields of its machine by their paths, such as"
                                                + " tlb.l2.entries"
                                        : "",
                                subject() == null
                                        ? ""
                                        : ", and parameters of its programs, such as"
                                                + " program.footprint"));
    }

    private @Nullable Parameter find(String name) {
        return parameters.stream().filter(one -> one.name().equals(name)).findFirst().orElse(null);
    }

    private @Nullable Parameter subject() {
        Parameter subject = experiment.spec().subject();
        return subject != null && subject.domain().symbol().contains("PROGRAM") ? subject : null;
    }

    private boolean isProgramKey(String name) {
        return subject() != null && name.startsWith(PROGRAM_KEY);
    }

    private boolean hasMachine() {
        return find(Experiment.MACHINE) != null;
    }

    private boolean isField(String name) {
        return hasMachine() && (name.indexOf('.') > 0 || Machines.fieldNames().contains(name));
    }

    /// The arguments that `values` of axes ask for.
    ///
    /// @throws InputException if there is no such thing
    Arguments arguments(Map<String, String> values) {
        Map<String, List<String>> given = new LinkedHashMap<>();
        List<Parameter> asked = parameters;
        List<String> changes = new ArrayList<>();
        List<String> keys = new ArrayList<>();
        String seed = values.get(Study.SEEDS);
        if (seed != null) {
            // A default, not a value that is given: programs may be all that is random.
            asked =
                    parameters.stream()
                            .map(one -> one.name().equals(SEED) ? one.by(seed) : one)
                            .toList();
        }
        values.forEach((name, value) -> {
            if (name.equals(Study.SEEDS)) {
                return;
            }
            if (find(name) != null) {
                given.put(name, List.of(value));
            } else if (isProgramKey(name)) {
                keys.add(name.substring(PROGRAM_KEY.length()) + "=" + value);
            } else {
                changes.add(name + "=" + value);
            }
        });
        Parameter subject = subject();
        if (subject != null && !keys.isEmpty()) {
            List<String> plain = given.getOrDefault(subject.name(), subject.defaults());
            given.put(subject.name(), plain.stream().map(text -> with(text, keys)).toList());
        }
        if (subject != null && seed != null) {
            List<String> plain = given.getOrDefault(subject.name(), subject.defaults());
            given.put(subject.name(), plain.stream().map(text -> withSeed(text, seed)).toList());
        }
        Parameter machine = find(Experiment.MACHINE);
        if (machine != null && !changes.isEmpty()) {
            List<String> base = given.getOrDefault(machine.name(), machine.defaults());
            given.put(machine.name(), base.stream().map(text -> with(text, changes)).toList());
        }
        Arguments arguments = Arguments.of(asked, given, name -> name);
        if (subject != null && subject.defaults().isEmpty() && !arguments.has(subject.name())) {
            throw new InputException(
                    "%s needs a %s; set one".formatted(experiment.spec().name(), subject.name()));
        }
        if (machine != null && arguments.has(machine.name())) {
            String text = arguments.text(machine.name());
            if (!isGone(text.replaceFirst(":.*", ""))) {
                require(machines, text, Machines::named);
            }
        }
        if (subject != null) {
            arguments
                    .texts(subject.name())
                    .forEach(text -> require(programs, text, this::checkProgram));
        }
        return arguments;
    }

    /// Whether it was a file when the study was run, and is none now.
    private boolean isGone(String file) {
        return inputs.has(file) && !Files.exists(Path.of(file));
    }

    private void checkProgram(String text) {
        if (text.equals(Traces.STANDARD_INPUT)) {
            throw new InputException(
                    "standard input can be read once, and a study may read it often; name a file");
        }
        if (Files.exists(Path.of(text)) || isGone(text)) {
            return;
        }
        String name = text.replaceFirst(":.*", "");
        if (!Programs.names().contains(name) && text.matches(".*[/.].*")) {
            throw new InputException("no such file: " + text);
        }
        var _ = ProgramSpec.parse(text);
    }

    /// Fails as `reader` fails with `text`, which is asked once.
    private static void require(
            Map<String, String> problems, String text, Consumer<String> reader) {
        String problem =
                problems.computeIfAbsent(
                        text,
                        one -> {
                            try {
                                reader.accept(one);
                                return "";
                            } catch (InputException e) {
                                return String.valueOf(e.getMessage());
                            }
                        });
        if (!problem.isEmpty()) {
            throw new InputException(problem);
        }
    }

    /// A program with a seed, if it can have one and has none; a trace as it is.
    private static String withSeed(String text, String seed) {
        String name = text.replaceFirst(":.*", "");
        return !Programs.names().contains(name)
                        || !Programs.takes(name, SEED)
                        || text.matches(".*[:,]\\s*seed\\s*=.*")
                ? text
                : with(text, List.of(SEED + "=" + seed));
    }

    /// `text`, the name of a machine or a program, with more assignments behind it.
    private static String with(String text, List<String> assignments) {
        String all = String.join(",", assignments);
        boolean known = Programs.names().contains(text.replaceFirst(":.*", ""));
        boolean assigns = known ? text.contains(":") : text.matches(".*:[^/]*=.*");
        return text + (assigns ? "," : ":") + all;
    }
}
