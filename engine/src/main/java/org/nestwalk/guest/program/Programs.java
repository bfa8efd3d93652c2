package org.nestwalk.guest.program;

import java.util.List;
import java.util.ServiceLoader;
import org.nestwalk.InputException;
import org.nestwalk.Names;
import org.nestwalk.Services;
import org.nestwalk.parameter.Arguments;

/// All programs, those of others included ([ProgramProvider]).
public final class Programs {
    private static final List<ProgramDefinition> OWN =
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

    private static final Services<ProgramProvider> PROVIDERS =
            new Services<>(
                    () ->
                            ServiceLoader.load(
                                    ProgramProvider.class, ProgramProvider.class.getClassLoader()),
                    provider -> provider.definition().name(),
                    OWN.stream().<ProgramProvider>map(definition -> () -> definition).toList());

    private Programs() {}

    private static List<ProgramDefinition> definitions() {
        return PROVIDERS.all().stream().map(ProgramProvider::definition).toList();
    }

    /// All programs with the default values of their parameters, in the order to show them.
    public static List<Program> all() {
        return definitions().stream()
                .map(definition -> new Program(definition, defaults(definition)))
                .toList();
    }

    /// What others add, by the class path.
    public static List<ProgramProvider> added() {
        return PROVIDERS.added();
    }

    /// The names of all programs.
    public static List<String> names() {
        return definitions().stream().map(ProgramDefinition::name).toList();
    }

    /// Whether the program called `name` has a parameter of that name.
    ///
    /// @throws InputException if there is no such program
    public static boolean takes(String name, String parameter) {
        return find(name).parameters().stream().anyMatch(one -> one.name().equals(parameter));
    }

    static ProgramDefinition find(String name) {
        return definitions().stream()
                .filter(definition -> definition.name().equals(name))
                .findFirst()
                .orElseThrow(() ->
                        new InputException(
                                "unknown program '"
                                        + name
                                        + "'"
                                        + Names.suggestion(name, names())
                                        + "; the programs are "
                                        + String.join(", ", names())));
    }

    private static ProgramArguments defaults(ProgramDefinition definition) {
        return new ProgramArguments(Arguments.defaults(definition.parameters()));
    }
}
