package org.nestwalk.serve;

import java.util.List;
import org.nestwalk.guest.program.Programs;
import org.nestwalk.lab.compare.Workloads;
import org.nestwalk.lab.experiment.Experiment;
import org.nestwalk.lab.machines.Machines;
import org.nestwalk.parameter.Domain;
import org.nestwalk.parameter.Parameter;

/// An experiment as a form: all that a page needs to ask what it can be asked.
///
/// @param name the experiment's
/// @param command what runs it on a command line
/// @param question one line
/// @param model what its figures stand on
/// @param fields one for each parameter, the subject first
record Form(String name, String command, String question, String model, List<Field> fields) {
    /// A parameter as a field.
    ///
    /// @param name the parameter's
    /// @param label what users of a command line call it
    /// @param meaning one phrase
    /// @param bounds which values there are, in words; may be empty
    /// @param kind `flag`, `choice`, `number` or `text`
    /// @param symbol what stands for a value
    /// @param words to choose from, of a choice
    /// @param suggestions values that are often meant
    /// @param defaults the values that it has unless told otherwise
    /// @param many whether it takes several values
    /// @param lines whether each of them is on a line of its own, since they have commas
    /// @param traces whether a trace can be uploaded for it
    /// @param only when it has a meaning
    record Field(
            String name,
            String label,
            String meaning,
            String bounds,
            String kind,
            String symbol,
            List<String> words,
            List<String> suggestions,
            List<String> defaults,
            boolean many,
            boolean lines,
            boolean traces,
            List<Parameter.Requirement> only) {
        private static final String PROGRAM = "PROGRAM";
        private static final String TRACE = "TRACE";

        private static Field of(Experiment.Spec spec, Parameter parameter, Names names) {
            Domain domain = parameter.domain();
            return new Field(
                    parameter.name(),
                    names.parameter(spec, parameter.name()),
                    parameter.meaning(),
                    domain instanceof Domain.Choice ? "" : parameter.bounds(),
                    switch (domain) {
                        case Domain.Flag _ -> "flag";
                        case Domain.Choice _ -> "choice";
                        case Domain.Text _ -> "text";
                        default -> "number";
                    },
                    domain.symbol(),
                    domain instanceof Domain.Choice choice ? choice.words() : List.of(),
                    suggestions(parameter),
                    parameter.defaults(),
                    parameter.many(),
                    domain.symbol().startsWith(PROGRAM),
                    domain.symbol().contains(TRACE),
                    parameter.only());
        }

        private static List<String> suggestions(Parameter parameter) {
            if (parameter.name().equals(Experiment.MACHINE)) {
                return Machines.presets();
            }
            boolean runs =
                    parameter.name().equals(Workloads.PROGRAM)
                            || parameter.domain().symbol().startsWith(PROGRAM);
            return runs ? Programs.names() : List.of();
        }
    }

    /// The form of `experiment`.
    static Form of(Experiment<?> experiment, Names names) {
        Experiment.Spec spec = experiment.spec();
        return new Form(
                spec.name(),
                names.command(spec),
                spec.question(),
                spec.model(),
                spec.all().stream().map(parameter -> Field.of(spec, parameter, names)).toList());
    }
}
