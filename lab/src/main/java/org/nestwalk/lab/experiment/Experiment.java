package org.nestwalk.lab.experiment;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.nestwalk.document.Document;
import org.nestwalk.parameter.Arguments;
import org.nestwalk.parameter.Parameter;

/// A question that a run answers. Its [Spec] is all that a command line, a form or a sweep needs to
/// ask it; its result is plain records, from which its JSON and the schema of that are made.
///
/// @param <R> what comes of it
public interface Experiment<R> {
    /// The name of the parameter that says on which machine an experiment runs, if it has one.
    String MACHINE = "machine";

    /// What is asked.
    Spec spec();

    /// Answers it. The same arguments give the same result, but for what is measured on the host.
    ///
    /// @param given values of all parameters of [#spec]
    /// @throws org.nestwalk.InputException if the arguments do not go together
    /// @throws EndedEarly if the work is ended before there is anything to say
    R run(Laboratory laboratory, Arguments given);

    /// What there is to say of a result.
    Document document(R result);

    /// A result in all forms that are written of it.
    ///
    /// @param given what [#run] was given
    /// @param complete false if the work was ended early
    /// @param version Nestwalk's
    default Written written(Arguments given, R result, boolean complete, String version) {
        return Written.lab(this, given, result, complete, version);
    }

    /// Whether everything that ran came to the end that it has to come to; if not, the command ends
    /// with status 1.
    default boolean isFlawless(R result) {
        return true;
    }

    /// What is asked.
    ///
    /// @param name one word or several joined by `-`
    /// @param question one line, as help shows it
    /// @param model what its figures stand on, beside the machine's parameters; one sentence
    ///   without a full stop
    /// @param subject what it is done with, such as programs; null for nothing
    /// @param parameters all others, in the order to show them
    record Spec(
            String name,
            String question,
            String model,
            @Nullable Parameter subject,
            List<Parameter> parameters) {
        /// Copies the list.
        public Spec {
            parameters = List.copyOf(parameters);
        }

        /// All parameters, the subject first.
        public List<Parameter> all() {
            List<Parameter> all = new ArrayList<>(parameters);
            if (subject != null) {
                all.addFirst(subject);
            }
            return all;
        }
    }
}
