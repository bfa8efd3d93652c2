package org.nestwalk.cli;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.nestwalk.lab.experiment.Experiment;
import org.nestwalk.parameter.Arguments;
import org.nestwalk.parameter.Domain;
import org.nestwalk.parameter.Parameter;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.Model.PositionalParamSpec;
import picocli.CommandLine.ParseResult;

/// What an [Experiment] can be asked, as options of a command: names, help, bounds and defaults are
/// those of its parameters.
final class ParameterOptions {
    private final Experiment.Spec asked;
    private final Map<String, String> aliases;

    ParameterOptions(Experiment.Spec asked) {
        this(asked, Map.of());
    }

    /// Options of which some have another name, too.
    ///
    /// @param aliases other names by the names of parameters
    ParameterOptions(Experiment.Spec asked, Map<String, String> aliases) {
        this.asked = asked;
        this.aliases = Map.copyOf(aliases);
    }

    /// Adds them to `command`.
    void addTo(CommandSpec command) {
        Parameter subject = asked.subject();
        if (subject != null) {
            PositionalParamSpec.Builder positional =
                    PositionalParamSpec.builder()
                            .paramLabel(label(subject))
                            .required(subject.defaults().isEmpty())
                            .description(help(subject));
            String least = subject.defaults().isEmpty() ? "1.." : "0..";
            command.addPositional(
                    subject.many()
                            ? positional
                                    .arity(least + "*")
                                    .type(List.class)
                                    .auxiliaryTypes(String.class)
                                    .build()
                            : positional.arity(least + "1").type(String.class).build());
        }
        addOptionsTo(command);
    }

    /// Adds all but the subject.
    void addOptionsTo(CommandSpec command) {
        for (Parameter parameter : asked.parameters()) {
            command.addOption(option(parameter));
        }
    }

    private OptionSpec option(Parameter parameter) {
        if (parameter.domain() instanceof Domain.Flag) {
            return OptionSpec.builder(optionName(parameter.name()))
                    .type(boolean.class)
                    .arity("0")
                    .description(help(parameter))
                    .build();
        }
        String name = optionName(parameter.name());
        String alias = aliases.get(parameter.name());
        OptionSpec.Builder option =
                (alias == null ? OptionSpec.builder(name) : OptionSpec.builder(name, alias))
                        .paramLabel(parameter.domain().symbol())
                        .arity("1")
                        .description(help(parameter));
        return parameter.many()
                ? option.type(List.class).auxiliaryTypes(String.class).splitRegex(",").build()
                : option.type(String.class).build();
    }

    private String help(Parameter parameter) {
        StringBuilder help = new StringBuilder();
        String meaning = parameter.meaning();
        help.append(meaning.substring(0, 1).toUpperCase(Locale.ROOT)).append(meaning.substring(1));
        if (!parameter.bounds().isEmpty()) {
            help.append(": ").append(parameter.bounds());
        }
        for (Parameter.Requirement only : parameter.only()) {
            help.append(only.present() ? "; for " : "; not with ");
            help.append(called(only.parameter()));
            boolean plain = only.values().isEmpty() || isFlag(only.parameter());
            help.append(plain ? "" : " " + String.join(" or ", only.values()));
        }
        boolean inOption = parameter.many() && !parameter.domain().symbol().startsWith("PROGRAM");
        help.append(inOption ? "; several with commas" : "");
        if (!parameter.defaults().isEmpty() && !(parameter.domain() instanceof Domain.Flag)) {
            String separator = inOption ? "," : ", ";
            help.append(" (default: ");
            help.append(String.join(separator, parameter.defaults())).append(')');
        }
        // The help is a format.
        return help.append('.').toString().replace("%", "%%");
    }

    /// Whether a parameter is an option without a value; which is then given where it has to be.
    private boolean isFlag(String parameter) {
        return asked.all().stream()
                .anyMatch(
                        one -> one.name().equals(parameter) && one.domain() instanceof Domain.Flag);
    }

    private static List<String> texts(@Nullable Object value) {
        return value instanceof List<?> several
                ? several.stream().map(String::valueOf).toList()
                : List.of(String.valueOf(value));
    }

    /// The option that sets `parameter`.
    static String optionName(String parameter) {
        return "--" + parameter;
    }

    private String called(String parameter) {
        return called(asked, parameter);
    }

    /// What users call a parameter of what is asked.
    static String called(Experiment.Spec asked, String parameter) {
        return Optional.ofNullable(asked.subject())
                .filter(subject -> subject.name().equals(parameter))
                .map(ParameterOptions::label)
                .orElse(optionName(parameter));
    }

    /// What stands for a parameter without an option: its name, where it is one of many words.
    private static String label(Parameter subject) {
        String symbol = subject.domain().symbol();
        return subject.domain() instanceof Domain.Choice && !symbol.contains("|")
                ? subject.name().toUpperCase(Locale.ROOT)
                : symbol;
    }

    /// What was given on the command line.
    ///
    /// @throws org.nestwalk.InputException that names the option, if it cannot be used
    Arguments read(ParseResult parsed) {
        Map<String, List<String>> given = new LinkedHashMap<>();
        Parameter subject = asked.subject();
        if (subject != null && !parsed.matchedPositionals().isEmpty()) {
            given.put(subject.name(), texts(parsed.matchedPositionals().getFirst().getValue()));
        }
        given.putAll(given(parsed));
        return Arguments.of(asked.all(), given, this::called);
    }

    /// The texts of the options that were given, by the names of their parameters, unchecked.
    Map<String, List<String>> given(ParseResult parsed) {
        Map<String, List<String>> given = new LinkedHashMap<>();
        for (Parameter parameter : asked.parameters()) {
            String option = optionName(parameter.name());
            if (parsed.hasMatchedOption(option)) {
                given.put(parameter.name(), texts(parsed.matchedOption(option).getValue()));
            }
        }
        return given;
    }
}
