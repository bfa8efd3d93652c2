package org.nestwalk.guest.program;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.nestwalk.InputException;
import org.nestwalk.guest.DisplacedSource;
import org.nestwalk.guest.FirstAccesses;
import org.nestwalk.guest.StepSource;
import org.nestwalk.guest.TaskProgram;
import org.nestwalk.parameter.Arguments;
import org.nestwalk.parameter.Assignments;

/// Programs as text: `NAME` or `NAME:key=value,key=value`, for example
/// `gups:footprint=64GiB,accesses=50M,seed=7`.
public final class ProgramSpec {
    private static final String BASE = "base";

    private ProgramSpec() {}

    /// The program that `spec` describes; parameters that it does not name have their defaults. An
    /// [InputException] says what is wrong and what would be right.
    public static Program parse(String spec) {
        int colon = spec.indexOf(':');
        String name = colon < 0 ? spec : spec.substring(0, colon);
        ProgramDefinition definition = Programs.find(name);
        Map<String, List<String>> given = new HashMap<>();
        if (colon >= 0) {
            String owner = "program " + definition.name();
            given.putAll(
                    Assignments.read(spec.substring(colon + 1), owner, definition.parameters()));
        }
        ProgramArguments arguments = arguments(definition, given);
        if (definition.fixedFootprint() == 0) {
            if (!given.containsKey(BASE)) {
                long base = ProgramArguments.defaultBase(arguments.footprint());
                given.put(BASE, List.of("0x" + Long.toHexString(base)));
                arguments = arguments(definition, given);
            }
            arguments.requireLowerHalf();
        }
        return new Program(definition, arguments);
    }

    private static ProgramArguments arguments(
            ProgramDefinition definition, Map<String, List<String>> given) {
        return new ProgramArguments(
                Arguments.of(
                        definition.parameters(),
                        given,
                        parameter -> "program " + definition.name() + ": " + parameter));
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
}
