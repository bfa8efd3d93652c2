package org.nestwalk.guest.program;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.nestwalk.InputException;
import org.nestwalk.Names;

/// All programs.
public final class Programs {
    private static final List<ProgramDefinition> DEFINITIONS =
            List.of(
                    Gups.DEFINITION,
                    Sequential.DEFINITION,
                    Stream.DEFINITION,
                    PointerChase.DEFINITION,
                    ZipfKeyValue.DEFINITION,
                    BTree.DEFINITION,
                    HashJoin.DEFINITION,
                    GraphBfs.DEFINITION,
                    XsBench.DEFINITION,
                    Arena.DEFINITION,
                    YardstickGups.DEFINITION,
                    YardstickSeq.DEFINITION,
                    YardstickZipf.DEFINITION);

    private Programs() {}

    /// All programs with the default values of their parameters, in the order to show them.
    public static List<Program> all() {
        return DEFINITIONS.stream()
                .map(definition -> new Program(definition, defaults(definition)))
                .toList();
    }

    /// The names of all programs.
    public static List<String> names() {
        return DEFINITIONS.stream().map(ProgramDefinition::name).toList();
    }

    static ProgramDefinition find(String name) {
        for (ProgramDefinition definition : DEFINITIONS) {
            if (definition.name().equals(name)) {
                return definition;
            }
        }
        throw new InputException(
                "unknown program '"
                        + name
                        + "'"
                        + Names.suggestion(name, names())
                        + "; the programs are "
                        + String.join(", ", names()));
    }

    private static Arguments defaults(ProgramDefinition definition) {
        Map<String, String> values = new HashMap<>();
        definition.parameters().forEach(p -> values.put(p.name(), p.defaultValue()));
        return new Arguments(values);
    }
}
