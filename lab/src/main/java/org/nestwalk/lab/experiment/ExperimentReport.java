package org.nestwalk.lab.experiment;

import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.nestwalk.document.Claim;
import org.nestwalk.document.Condition;
import org.nestwalk.document.Condition.Figure;
import org.nestwalk.document.Document;
import org.nestwalk.lab.machines.AssumedCosts;
import org.nestwalk.lab.machines.MachineFile;
import org.nestwalk.lab.machines.Machines;
import org.nestwalk.lab.machines.Timing;
import org.nestwalk.machine.SoftwareCosts;
import org.nestwalk.parameter.Arguments;

/// An experiment as JSON: its result, what it claims, and all that is needed to run it again.
///
/// @param experiment its name
/// @param complete false if it was interrupted: then the result is of what was finished
/// @param result what came of it
/// @param claims what it says, in order
/// @param manifest how it was run
public record ExperimentReport<R>(
        String experiment, boolean complete, R result, List<Said> claims, Manifest manifest) {
    /// Copies the list.
    public ExperimentReport {
        claims = List.copyOf(claims);
    }

    /// A sentence, and why it is said.
    ///
    /// @param effect that is expected; left out of sentences that only state figures
    /// @param sentence what is true in this run
    /// @param held whether the effect showed
    /// @param conditions what had to be true for that
    public record Said(
            @Nullable String effect,
            String sentence,
            @Nullable Boolean held,
            @Nullable List<Tested> conditions) {
        private static Said of(Claim claim) {
            return claim.isExpectation()
                    ? new Said(
                            claim.name(),
                            claim.sentence(),
                            claim.held(),
                            claim.conditions().stream().map(Tested::of).toList())
                    : new Said(null, claim.sentence(), null, null);
        }
    }

    /// A condition, and whether it was true.
    ///
    /// @param left a figure of the run
    /// @param relation in which it has to stand to the other one
    /// @param right another figure
    /// @param margin by which it has to be above or below, or may differ
    /// @param held whether it was true
    public record Tested(
            Figure left, Condition.Relation relation, Figure right, double margin, boolean held) {
        private static Tested of(Condition condition) {
            return new Tested(
                    condition.left(),
                    condition.relation(),
                    condition.right(),
                    condition.margin(),
                    condition.held());
        }
    }

    /// All that is needed to run it again.
    ///
    /// @param version Nestwalk's
    /// @param arguments values of its parameters
    /// @param machine the processor's name; left out of what runs on the host
    /// @param parameters every parameter of it with its source
    /// @param costs of software
    /// @param model what the figures mean
    public record Manifest(
            String version,
            Map<String, List<String>> arguments,
            @Nullable String machine,
            @Nullable List<MachineFile.Parameter> parameters,
            @Nullable List<MachineFile.Parameter> costs,
            String model) {
        private static Manifest of(Experiment.Spec spec, Arguments arguments, String version) {
            if (!arguments.values().containsKey(Experiment.MACHINE)) {
                return new Manifest(version, arguments.values(), null, null, null, spec.model());
            }
            MachineFile machine = Machines.named(arguments.text(Experiment.MACHINE));
            return new Manifest(
                    version,
                    arguments.values(),
                    machine.model().name(),
                    machine.parameters(),
                    AssumedCosts.of(SoftwareCosts.assumed(machine.model().costs().exitCycles())),
                    arguments.values().containsKey(Timing.NAME)
                            ? Timing.of(Timing.machine(arguments).model()) + "; " + spec.model()
                            : spec.model());
        }
    }

    /// What `document` claims, in order.
    public static List<Said> said(Document document) {
        return document.claims().stream().map(Said::of).toList();
    }

    /// The report of a result.
    ///
    /// @param complete false if it was interrupted
    /// @param version Nestwalk's
    public static <R> ExperimentReport<R> of(
            Experiment<R> experiment,
            Arguments arguments,
            R result,
            boolean complete,
            String version) {
        return new ExperimentReport<>(
                experiment.spec().name(),
                complete,
                result,
                said(experiment.document(result)),
                Manifest.of(experiment.spec(), arguments, version));
    }
}
