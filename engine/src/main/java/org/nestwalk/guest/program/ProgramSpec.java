package org.nestwalk.guest.program;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.nestwalk.InputException;
import org.nestwalk.Names;
import org.nestwalk.guest.DisplacedSource;
import org.nestwalk.guest.FirstAccesses;
import org.nestwalk.guest.StepSource;
import org.nestwalk.guest.TaskProgram;

/// Programs as text: `NAME` or `NAME:key=value,key=value`, for example
/// `gups:footprint=64GiB,accesses=50M,seed=7`.
public final class ProgramSpec {
    private ProgramSpec() {}

    /// The program that `spec` describes; parameters that it does not name have their defaults. An
    /// [InputException] says what is wrong and what would be right.
    public static Program parse(String spec) {
        int colon = spec.indexOf(':');
        String name = colon < 0 ? spec : spec.substring(0, colon);
        ProgramDefinition definition = Programs.find(name);
        Map<String, String> values = new HashMap<>();
        if (colon >= 0) {
            for (String assignment : spec.substring(colon + 1).split(",", -1)) {
                assign(definition, assignment, values);
            }
        }
        for (ProgramParameter parameter : definition.parameters()) {
            values.putIfAbsent(parameter.name(), defaultValue(parameter, values));
        }
        Arguments arguments = new Arguments(values);
        if (definition.fixedFootprint() == 0) {
            Arguments.requireLowerHalf(
                    arguments.base(), arguments.footprint(), "program " + name + ": base");
        }
        return new Program(definition, arguments);
    }

    /// A fresh stream of the program that `program` names.
    ///
    /// @throws InputException as [#parse]
    public static StepSource open(TaskProgram program) {
        StepSource source = parse(program.text()).steps();
        if (program.offset() != 0) {
            source = new DisplacedSource(source, program.offset());
        }
        return program.limit() == Long.MAX_VALUE
                ? source
                : new FirstAccesses(source, program.limit());
    }

    private static List<String> names(ProgramDefinition definition) {
        return definition.parameters().stream().map(ProgramParameter::name).toList();
    }

    private static void assign(
            ProgramDefinition definition, String assignment, Map<String, String> values) {
        String where = "program " + definition.name();
        int equals = assignment.indexOf('=');
        if (equals < 0) {
            throw new InputException(
                    where + ": '" + assignment + "' is not key=value; " + parameters(definition));
        }
        String key = assignment.substring(0, equals).strip();
        ProgramParameter parameter =
                definition.parameters().stream()
                        .filter(p -> p.name().equals(key))
                        .findFirst()
                        .orElseThrow(() ->
                                new InputException(
                                        where
                                                + " has no parameter '"
                                                + key
                                                + "'"
                                                + Names.suggestion(key, names(definition))
                                                + "; "
                                                + parameters(definition)));
        String value =
                parameter.canonical(assignment.substring(equals + 1).strip(), where + ": " + key);
        if (values.put(key, value) != null) {
            throw new InputException(where + ": parameter '" + key + "' is given twice");
        }
    }

    /// The default, which for the base depends on the footprint (a parameter before it).
    private static String defaultValue(ProgramParameter parameter, Map<String, String> values) {
        return parameter.name().equals("base")
                ? "0x" + Long.toHexString(Arguments.defaultBase(new Arguments(values).footprint()))
                : parameter.defaultValue();
    }

    private static String parameters(ProgramDefinition definition) {
        return "its parameters are "
                + String.join(
                        ", ",
                        definition.parameters().stream().map(ProgramParameter::name).toList());
    }
}
