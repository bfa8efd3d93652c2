package org.nestwalk.lab.labs.fork;

import java.util.Optional;
import org.nestwalk.document.Conclusion;
import org.nestwalk.document.Condition;
import org.nestwalk.document.Figures;
import org.nestwalk.lab.fork.ForkMethod;
import org.nestwalk.lab.fork.ForkResult;

/// What a run shows, and what it does not.
final class ForkConclusion {
    private static final double CHEAP = 0.01;

    // Times that are nearer to each other than this are called the same.
    private static final double SAME = 0.01;

    private ForkConclusion() {}

    static Conclusion of(ForkComparison result) {
        Conclusion conclusion = new Conclusion();
        verified(conclusion, result);
        single(conclusion, result);
        result.of(ForkMethod.COW)
                .ifPresent(cow -> {
                    freezing(conclusion, cow);
                    // Of some of the children nothing is known at the end.
                    if (cow.children().failed() == 0) {
                        written(conclusion, cow);
                    }
                });
        Optional<ForkResult> split = result.of(ForkMethod.COW_SPLIT);
        Optional<ForkResult> whole = result.of(ForkMethod.COW_WHOLE);
        if (split.isPresent() && whole.isPresent()) {
            amplified(conclusion, split.get(), whole.get());
        }
        Optional<ForkResult> eager = result.of(ForkMethod.EAGER);
        if (result.of(ForkMethod.COW).isPresent() && eager.isPresent()) {
            pays(conclusion, result.of(ForkMethod.COW).get(), eager.get());
        }
        return conclusion;
    }

    private static void verified(Conclusion conclusion, ForkComparison result) {
        for (ForkResult method : result.methods()) {
            ForkResult.Children children = method.children();
            if (children.wrong() > 0) {
                conclusion.say(
                        "With %s %,d of the guests ended with another checksum than plain"
                                + " execution.",
                        method.method().label(), children.wrong());
            }
            if (children.failed() > 0) {
                conclusion.say(
                        "With %s %,d could not go on (%s), and the other %,d went on.",
                        method.method().label(),
                        children.failed(),
                        String.valueOf(children.failure()),
                        children.verified() + children.wrong());
            }
        }
        if (result.methods().stream().allMatch(ForkResult::isFlawless)) {
            conclusion.say("All guests ended with the checksum of plain execution.");
        }
    }

    private static void single(Conclusion conclusion, ForkComparison result) {
        int single = 0;
        int alive = 0;
        for (ForkResult method : result.methods()) {
            single += method.children().single();
            alive += method.children().verified() + method.children().wrong();
        }
        if (alive == 0) {
            return;
        }
        conclusion
                .expect(
                        "clones-are-single",
                        Condition.alike(
                                "different generations and random numbers",
                                single,
                                "guests",
                                alive,
                                0))
                .say(
                        "All %,d guest{s} that went on {has|have} a generation and random numbers"
                                + " of {its|their} own.",
                        "Of %,d guest{s} only %,d {has|have} random numbers that no other has.",
                        alive,
                        single);
    }

    private static void freezing(Conclusion conclusion, ForkResult cow) {
        Long copying = cow.copyingAll();
        if (copying == null) {
            return;
        }
        conclusion
                .expect(
                        "freezing-is-cheap",
                        Condition.below(
                                "ns to freeze",
                                (double) cow.freezing(),
                                "1 % of the ns to copy all",
                                CHEAP * copying,
                                0))
                .say(
                        "Freezing takes %s; copying all of the memory takes %s, %s times as long.",
                        "Freezing takes %s, which is more than 1 %% of what copying all of the"
                                + " memory takes: %s, %s times as long.",
                        Figures.time(cow.freezing()),
                        Figures.time(copying),
                        Figures.format("%,.1f", (double) copying / Math.max(1, cow.freezing())));
    }

    private static void written(Conclusion conclusion, ForkResult cow) {
        ForkResult.Moment end = cow.end();
        Long untouched = end.untouched();
        long shared = end.shared() + (untouched == null ? 0 : untouched);
        conclusion
                .expect(
                        "children-share-memory",
                        Condition.above(
                                "pages that children share or have not touched at the end",
                                (double) shared,
                                "none",
                                0,
                                0))
                .say(
                        "At the end children have %,d page{s} of their own, and %,d that they share"
                                + " or have not touched.",
                        "At the end children have %,d page{s} of their own, and share none.",
                        end.own(),
                        shared);
    }

    private static void amplified(Conclusion conclusion, ForkResult split, ForkResult whole) {
        conclusion
                .expect(
                        "whole-copies-amplify",
                        Condition.above(
                                "pages of their own, 2M pages copied whole",
                                (double) whole.end().own(),
                                "pages of their own, 2M pages split",
                                (double) split.end().own(),
                                0))
                .say(
                        "Copied whole, large pages leave children with %,d page{s} of their own,"
                                + " split with %,d.",
                        "Copying large pages whole takes no more memory here than splitting them:"
                                + " %,d page{s} of children's own against %,d.",
                        whole.end().own(),
                        split.end().own());
    }

    private static void pays(Conclusion conclusion, ForkResult cow, ForkResult eager) {
        long lazily = cow.children().nanoseconds() + making(cow);
        long eagerly = eager.children().nanoseconds() + making(eager);
        conclusion
                .expect(
                        "sharing-pays",
                        Condition.below(
                                "ns of making and running children with cow",
                                (double) lazily,
                                "ns of that with eager",
                                (double) eagerly,
                                SAME * eagerly))
                .say(
                        "Made and run to their end, children take %2$s times as long if all is"
                                + " copied first (%1$s against %3$s).",
                        "Children that share memory take no less time, made and run to their end,"
                                + " than those that copy all first (%1$s against %3$s).",
                        Figures.time(eagerly),
                        Figures.format("%.2f", (double) eagerly / Math.max(1, lazily)),
                        Figures.time(lazily));
    }

    private static long making(ForkResult result) {
        return result.creating() == null
                ? 0
                : result.creating().median() * result.children().count();
    }
}
