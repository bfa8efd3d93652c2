package org.nestwalk.lab.migration;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.nestwalk.InputException;
import org.nestwalk.Names;
import org.nestwalk.hypervisor.migration.MigrationPolicy;
import org.nestwalk.hypervisor.migration.policy.AutoConverge;
import org.nestwalk.hypervisor.migration.policy.Deadline;
import org.nestwalk.hypervisor.migration.policy.DirtyLimit;
import org.nestwalk.hypervisor.migration.policy.DowntimeLimit;
import org.nestwalk.hypervisor.migration.policy.FixedRounds;
import org.nestwalk.hypervisor.migration.policy.Foresight;
import org.nestwalk.hypervisor.migration.policy.PostCopyAfter;
import org.nestwalk.hypervisor.migration.policy.RampingLimit;
import org.nestwalk.hypervisor.migration.policy.StallDetection;
import org.nestwalk.hypervisor.migration.policy.StopAndCopy;
import org.nestwalk.lab.migration.PolicyDefinition.Policy;
import org.nestwalk.parameter.Arguments;
import org.nestwalk.parameter.Assignments;
import org.nestwalk.parameter.Parameter;

/// All policies of live migration, by name.
public final class Policies {
    /// What stands for all of them.
    public static final String ALL = "all";

    private static final String DOWNTIME = "downtime";
    private static final String ROUNDS = "rounds";
    private static final String THRESHOLD = "threshold";
    private static final double MOST_MILLISECONDS = 1e9;

    private static final List<PolicyDefinition> DEFINITIONS =
            List.of(
                    new PolicyDefinition(
                            "stop-and-copy",
                            "stops the guest at once",
                            "the baseline",
                            List.of(),
                            _ -> new StopAndCopy()),
                    new PolicyDefinition(
                            "fixed-rounds",
                            "stops after so many rounds or bytes",
                            "Xen (Clark et al., NSDI 2005)",
                            List.of(
                                    Parameter.count(ROUNDS, "most rounds", 29, 1, 100_000),
                                    Parameter.number(
                                            "factor",
                                            "most bytes sent, in times the memory",
                                            3,
                                            0,
                                            1e6),
                                    Parameter.count("pages", "that may be left", 50, 0, 1L << 40)),
                            given ->
                                    new FixedRounds(
                                            given.whole(ROUNDS),
                                            given.number("factor"),
                                            given.count("pages"))),
                    new PolicyDefinition(
                            "downtime-limit",
                            "stops when the rest fits a downtime",
                            "QEMU, migration/migration.c",
                            List.of(downtime()),
                            given -> new DowntimeLimit(ms(given, DOWNTIME))),
                    new PolicyDefinition(
                            "ramping-limit",
                            "the downtime that it accepts grows by the round",
                            "KubeVirt, enhancement 291; the step is an assumption",
                            List.of(
                                    milliseconds("from", "accepted after the first round", 150),
                                    milliseconds("to", "accepted in the end", 1_050),
                                    milliseconds("step", "more after each round", 100)),
                            Policies::rampingLimit),
                    new PolicyDefinition(
                            "stall-detection",
                            "notices that rounds stall, and stops at a local minimum",
                            "KubeVirt, enhancement 248",
                            List.of(
                                    downtime(),
                                    milliseconds("max-downtime", "accepted after a stall", 900),
                                    seconds("progress", "in which there has to be progress", 60),
                                    seconds("per-gib", "for all, a GiB of memory", 150),
                                    Parameter.number("margin", "that is no progress", 0.04, 0, 1),
                                    Parameter.number("alpha", "weight of a round", 0.4, 0, 1),
                                    Parameter.number("possible", "times what fits", 1.5, 0, 1e6),
                                    Parameter.number("decay", "of patience", 0.5, 0, 1)),
                            given ->
                                    new StallDetection(
                                            new StallDetection.Settings(
                                                    ms(given, DOWNTIME),
                                                    ms(given, "max-downtime"),
                                                    s(given, "progress"),
                                                    s(given, "per-gib"),
                                                    given.number("margin"),
                                                    given.number("alpha"),
                                                    given.number("possible"),
                                                    given.number("decay"),
                                                    true))),
                    new PolicyDefinition(
                            "deadline",
                            "stops when the rest fits, and has a deadline for that",
                            "Cloud Hypervisor, pull request 7835",
                            List.of(
                                    downtime(),
                                    seconds("timeout", "until the deadline", 3_600),
                                    Parameter.choice(
                                            "strategy", "what happens then", "cancel", "force")),
                            given ->
                                    new Deadline(
                                            ms(given, DOWNTIME),
                                            s(given, "timeout"),
                                            given.text("strategy").equals("force"))),
                    new PolicyDefinition(
                            "auto-converge",
                            "withholds time from a guest that writes too fast",
                            "QEMU, migration/ram.c",
                            List.of(
                                    downtime(),
                                    threshold(),
                                    Parameter.number("initial", "withheld at first", 0.2, 0, 0.99),
                                    Parameter.number("increment", "more each time", 0.1, 0, 0.99),
                                    Parameter.number("max", "withheld at most", 0.99, 0, 0.999)),
                            given ->
                                    new AutoConverge(
                                            ms(given, DOWNTIME),
                                            given.number(THRESHOLD),
                                            given.number("initial"),
                                            given.number("increment"),
                                            given.number("max"))),
                    new PolicyDefinition(
                            "dirty-limit",
                            "limits the pages that a guest dirties",
                            "QEMU 8.1, migration/ram.c",
                            List.of(
                                    downtime(),
                                    threshold(),
                                    Parameter.size(
                                            "limit", "bytes a second", 1L << 20, 4096, 1L << 40)),
                            given ->
                                    new DirtyLimit(
                                            ms(given, DOWNTIME),
                                            given.number(THRESHOLD),
                                            given.size("limit"))),
                    new PolicyDefinition(
                            "post-copy",
                            "goes on over there at once, and fetches pages",
                            "Hines, Deshpande and Gopalan, OSR 2009",
                            List.of(),
                            _ -> new PostCopyAfter(0)),
                    new PolicyDefinition(
                            "hybrid",
                            "some rounds, then as post-copy",
                            "QEMU, postcopy-ram",
                            List.of(Parameter.count(ROUNDS, "before that", 1, 1, 100_000)),
                            given -> new PostCopyAfter(given.whole(ROUNDS))),
                    new PolicyDefinition(
                            "foresight",
                            "stops when one more round would save too little downtime",
                            "Nestwalk's own",
                            List.of(
                                    Parameter.number(
                                            "worth",
                                            "part of a round's time that it has to save",
                                            0.05,
                                            Double.MIN_VALUE,
                                            1),
                                    milliseconds(DOWNTIME, "that is short enough", 10)),
                            given -> new Foresight(given.number("worth"), ms(given, DOWNTIME))));

    private Policies() {}

    private static MigrationPolicy rampingLimit(Arguments given) {
        if (given.number("from") > given.number("to")) {
            throw given.bad("from", "is more than 'to'; the downtime that is accepted grows");
        }
        return new RampingLimit(ms(given, "from"), ms(given, "to"), ms(given, "step"));
    }

    private static Parameter downtime() {
        return milliseconds(DOWNTIME, "accepted", 300);
    }

    private static Parameter threshold() {
        return Parameter.number(
                THRESHOLD, "part of what is sent that may be written again", 0.5, 0, 100);
    }

    private static Parameter milliseconds(String name, String meaning, double value) {
        return Parameter.number(name, meaning, value, 0, MOST_MILLISECONDS, "ms");
    }

    private static Parameter seconds(String name, String meaning, double value) {
        return Parameter.number(name, meaning, value, 0, 1e6, "s");
    }

    private static long ms(Arguments given, String name) {
        return Math.round(given.number(name) * 1e6);
    }

    private static long s(Arguments given, String name) {
        return Math.round(given.number(name) * 1e9);
    }

    /// All, in the order to show them.
    public static List<PolicyDefinition> all() {
        return DEFINITIONS;
    }

    /// The names of all.
    public static List<String> names() {
        return DEFINITIONS.stream().map(PolicyDefinition::name).toList();
    }

    /// The policies that `words` name, each `NAME`, `NAME:key=value`, or [#ALL]; further words
    /// `key=value` belong to the one before.
    ///
    /// @throws InputException if there is none of that name, or it cannot be told that
    public static List<Policy> read(List<String> words) {
        List<String> texts = new ArrayList<>();
        for (String word : words) {
            if (texts.isEmpty() || !word.matches("[a-z-]+=.*")) {
                texts.add(word.strip());
            } else {
                texts.add(texts.removeLast() + "," + word);
            }
        }
        List<Policy> policies = new ArrayList<>();
        for (String text : texts) {
            for (Policy policy : readOne(text)) {
                if (policies.stream().noneMatch(one -> one.text().equals(policy.text()))) {
                    policies.add(policy);
                }
            }
        }
        return policies;
    }

    private static List<Policy> readOne(String text) {
        if (text.equals(ALL)) {
            return DEFINITIONS.stream().map(one -> one.with(one.name(), Map.of())).toList();
        }
        return List.of(read(text, ", or " + ALL));
    }

    /// The policy of `text`.
    ///
    /// @param more what could be named beside policies, for the message
    private static Policy read(String text, String more) {
        int colon = text.indexOf(':');
        PolicyDefinition definition = find(colon < 0 ? text : text.substring(0, colon), more);
        String owner = "policy " + definition.name();
        return definition.with(
                text,
                colon < 0
                        ? Map.of()
                        : Assignments.read(
                                text.substring(colon + 1), owner, definition.parameters()));
    }

    /// The one policy that `text` names, `NAME` or `NAME:key=value,key=value`.
    ///
    /// @throws InputException if there is none of that name, or it cannot be told that
    public static Policy one(String text) {
        return read(text, "");
    }

    private static PolicyDefinition find(String name, String more) {
        for (PolicyDefinition definition : DEFINITIONS) {
            if (definition.name().equals(name)) {
                return definition;
            }
        }
        throw new InputException(
                "unknown policy '%s'%s; the policies are %s%s"
                        .formatted(
                                name,
                                Names.suggestion(name, names()),
                                String.join(", ", names()),
                                more));
    }
}
