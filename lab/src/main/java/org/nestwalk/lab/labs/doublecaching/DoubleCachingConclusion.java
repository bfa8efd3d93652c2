package org.nestwalk.lab.labs.doublecaching;

import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.nestwalk.document.Conclusion;
import org.nestwalk.document.Condition;
import org.nestwalk.document.Figures;
import org.nestwalk.hypervisor.storage.CacheMode;
import org.nestwalk.lab.labs.doublecaching.DoubleCachingResult.Bias;
import org.nestwalk.lab.labs.doublecaching.DoubleCachingResult.Effect;
import org.nestwalk.lab.labs.doublecaching.DoubleCachingResult.Hypothesis;
import org.nestwalk.lab.labs.doublecaching.DoubleCachingResult.Mode;
import org.nestwalk.lab.labs.doublecaching.DoubleCachingResult.Observation;

/// What a run shows, and what it does not.
final class DoubleCachingConclusion {
    // An effect that is smaller than this part of another is none beside it.
    private static final double NONE = 0.02;
    private static final double SIGNIFICANT = 0.001;
    private static final long PAGE = 4096;

    private DoubleCachingConclusion() {}

    static Conclusion of(DoubleCachingResult result) {
        Conclusion conclusion = new Conclusion();
        faults(conclusion, result);
        disk(conclusion, result);
        hypotheses(conclusion, result);
        confounders(conclusion, result);
        modes(conclusion, result);
        return conclusion;
    }

    private static void faults(Conclusion conclusion, DoubleCachingResult result) {
        Optional<Effect> host = result.effect(Factorial.FAULTS, Factorial.HOST);
        Optional<Effect> fresh = result.effect(Factorial.FAULTS, Factorial.FRESH);
        if (host.isEmpty() || fresh.isEmpty()) {
            return;
        }
        double margin = NONE * Math.abs(fresh.get().effect());
        conclusion
                .expect(
                        "the-host-cache-causes-no-faults",
                        Condition.atMost("lower bound of its effect", host.get().lower(), "0", 0),
                        Condition.atMost("0", 0, "upper bound of its effect", host.get().upper()),
                        Condition.alike(
                                "effect of a cold host cache",
                                host.get().effect(),
                                "none, within 2 % of that of fresh frames",
                                0,
                                margin))
                .say(
                        "What the host has cached does nothing to faults: %1$.4f for each page"
                                + " read (95 %%: %2$.4f to %3$.4f), where fresh frames make"
                                + " %4$.4f.",
                        "What the host has cached changes faults: by %1$.4f for each page read"
                                + " (95 %%: %2$.4f to %3$.4f), where fresh frames make %4$.4f.",
                        host.get().effect(),
                        host.get().lower(),
                        host.get().upper(),
                        fresh.get().effect());
        long wrong =
                result.observations().stream()
                        .filter(one -> one.faults() != one.freshPages())
                        .count();
        conclusion
                .expect(
                        "faults-are-fresh-pages",
                        Condition.atMost(
                                "runs in which faults are not fresh pages", (double) wrong, "0", 0))
                .say(
                        "In each of %1$,d run{s} there is one fault for each page that is backed"
                                + " for the first time.",
                        "In %2$,d of %1$,d run{s} there are more or fewer faults than pages that"
                                + " are backed for the first time.",
                        result.observations().size(),
                        wrong);
    }

    private static void disk(Conclusion conclusion, DoubleCachingResult result) {
        long read = 0;
        long expected = 0;
        for (Observation one : result.observations()) {
            read += one.diskPages();
            expected += one.guestCold() && one.hostCold() ? one.pages() : 0;
        }
        conclusion
                .expect(
                        "the-disk-is-read-where-both-are-cold",
                        Condition.alike(
                                "pages read from the disk",
                                (double) read,
                                "pages read where both caches are cold",
                                (double) expected,
                                NONE * expected))
                .say(
                        "The disk is read where both caches are cold, and nowhere else: %1$,d"
                                + " page{s} of %2$,d.",
                        "The disk is read for %1$,d page{s}, where %2$,d were in neither cache.",
                        read,
                        expected);
    }

    private static void hypotheses(Conclusion conclusion, DoubleCachingResult result) {
        for (Hypothesis one : result.hypotheses()) {
            boolean planted = one.name().equals(DoubleCachingDocument.FETCHES);
            Condition condition =
                    planted
                            ? Condition.below("p", one.p(), "0.001", SIGNIFICANT, 0)
                            : Condition.atLeast("p", one.p(), SIGNIFICANT);
            conclusion
                    .expect(
                            planted ? "fetches-do-not-explain-faults" : "fresh-memory-does",
                            condition)
                    .say(
                            planted
                                    ? "That faults follow %1$s is rejected (p = %2$.2g)."
                                    : "That they follow %1$s is not (p = %2$.2g).",
                            planted
                                    ? "That faults follow %1$s is not rejected (p = %2$.2g)."
                                    : "That they follow %1$s is rejected, too (p = %2$.2g).",
                            one.name(),
                            one.p());
        }
    }

    private static void confounders(Conclusion conclusion, DoubleCachingResult result) {
        if (result.biases() == null) {
            return;
        }
        for (Bias bias : result.biases()) {
            if (bias.confounder().equals(Confounder.ONE_GUEST.label())) {
                conclusion
                        .expect(
                                "order-makes-the-host-cache-look-guilty",
                                Condition.above(
                                        "bias of the host cache's effect",
                                        Math.abs(bias.hostBias()),
                                        "none",
                                        0,
                                        0.01))
                        .say(
                                "One guest in a fixed order would have found %.4f faults for each"
                                        + " page that the host has not cached.",
                                "One guest in a fixed order finds the same: %.4f.",
                                bias.hostEffect());
            }
        }
    }

    private static void modes(Conclusion conclusion, DoubleCachingResult result) {
        Optional<Mode> both = result.mode(CacheMode.WRITEBACK.label());
        if (both.isEmpty()) {
            return;
        }
        Mode writeback = both.get();
        conclusion.say(
                "With both caches %s is held twice, at most %s.",
                Figures.bytes(writeback.twicePages() * PAGE),
                Figures.bytes(writeback.mostTwice() * PAGE));
        for (CacheMode mode : CacheMode.values()) {
            Optional<Mode> other = result.mode(mode.label());
            if (mode != CacheMode.WRITEBACK && other.isPresent()) {
                remedy(conclusion, writeback, other.get());
                if (mode == CacheMode.NONE) {
                    price(conclusion, writeback, other.get());
                }
            }
        }
    }

    private static void remedy(Conclusion conclusion, Mode writeback, Mode mode) {
        conclusion
                .expect(
                        mode.mode() + "-keeps-nothing-twice",
                        Condition.atMost(
                                "most pages held twice", (double) mode.mostTwice(), "0", 0),
                        Condition.above(
                                "with both caches", (double) writeback.mostTwice(), "0", 0, 0))
                .say(
                        "With %1$s nothing is; a first pass takes %2$,.2f times as long,%3$s one"
                                + " with a guest that has forgotten all %5$,.2f times.",
                        "With %1$s it is %4$s at most; a first pass takes %2$,.2f times as"
                            + " long,%3$s one with a guest that has forgotten all %5$,.2f times.",
                        mode.mode(),
                        ratio(mode.firstNanoseconds(), writeback.firstNanoseconds()),
                        later(mode.laterNanoseconds(), writeback.laterNanoseconds()),
                        Figures.bytes(mode.mostTwice() * PAGE),
                        ratio(mode.coldNanoseconds(), writeback.coldNanoseconds()));
    }

    private static String later(@Nullable Long mode, @Nullable Long writeback) {
        return mode == null || writeback == null
                ? ""
                : Figures.format(" later ones %,.2f times,", ratio(mode, writeback));
    }

    /// What one cache less costs where the host's would have been of use.
    private static void price(Conclusion conclusion, Mode writeback, Mode none) {
        conclusion
                .expect(
                        "none-reads-again-what-the-guest-forgot",
                        Condition.above(
                                "ns of a pass after the guest has forgotten all, with none",
                                (double) none.coldNanoseconds(),
                                "with both caches",
                                (double) writeback.coldNanoseconds(),
                                (double) writeback.coldNanoseconds() / 10))
                .say(
                        "What a guest has forgotten the host still has with both caches, and has to"
                                + " be read again with none: that takes %1$,.2f times as long.",
                        "What a guest has forgotten is read no faster with both caches than with"
                                + " none: that takes %1$,.2f times as long.",
                        ratio(none.coldNanoseconds(), writeback.coldNanoseconds()));
    }

    private static double ratio(long one, long other) {
        return other == 0 ? one == 0 ? 1 : Double.POSITIVE_INFINITY : (double) one / other;
    }
}
