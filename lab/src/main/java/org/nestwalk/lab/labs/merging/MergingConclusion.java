package org.nestwalk.lab.labs.merging;

import java.util.List;
import java.util.Optional;
import org.nestwalk.document.Conclusion;
import org.nestwalk.document.Condition;
import org.nestwalk.document.Figures;
import org.nestwalk.lab.labs.merging.MergingResult.Channel;
import org.nestwalk.lab.labs.merging.MergingResult.Stage;
import org.nestwalk.lab.labs.merging.MergingResult.Way;

/// What a run shows, and what it does not.
final class MergingConclusion {
    private static final double NEARLY_ALL = 0.9;
    private static final double CLOSE = 0.05;
    private static final double RELIABLE = 0.05;
    private static final double GUESSING = 0.4;
    private static final long PAGE = GuestLayout.PAGE;

    private MergingConclusion() {}

    static Conclusion of(MergingResult result) {
        Conclusion conclusion = new Conclusion();
        Optional<Way> slow = way(result, MergingExperiment.KSM);
        Optional<Way> fast = way(result, MergingExperiment.FAST);
        Optional<Way> patches = way(result, MergingExperiment.PATCHES);
        Optional<Way> fork = way(result, MergingExperiment.FORK);
        Optional<Way> both = way(result, MergingExperiment.BOTH);
        if (slow.isPresent() && fast.isPresent() && result.possible() > 0) {
            found(conclusion, result, slow.get(), "ksm-finds-most");
            found(conclusion, result, fast.get(), "faster-ksm-finds-most");
            pace(conclusion, slow.get(), fast.get());
        }
        if (fast.isPresent() && patches.isPresent()) {
            patches(conclusion, fast.get(), patches.get());
        }
        if (fast.isPresent() && fork.isPresent()) {
            fork(conclusion, fast.get(), fork.get());
        }
        if (fork.isPresent() && both.isPresent()) {
            both(conclusion, fork.get(), both.get());
        }
        if (!result.example().isEmpty()) {
            example(conclusion, result.example());
        }
        result.channel().forEach(channel -> channel(conclusion, channel));
        return conclusion;
    }

    private static Optional<Way> way(MergingResult result, String name) {
        return result.ways().stream().filter(way -> way.name().equals(name)).findFirst();
    }

    private static void found(Conclusion conclusion, MergingResult result, Way way, String name) {
        conclusion
                .expect(
                        name,
                        Condition.above(
                                "pages saved in the end by " + way.name(),
                                (double) way.saved(),
                                "nine tenths of those that could be",
                                NEARLY_ALL * result.possible(),
                                0))
                .say(
                        "%s has saved %s of what could be after %s.",
                        "%s has saved no more than %s of what could be after %s.",
                        way.name(),
                        Figures.percent(Math.max(0, (double) way.saved() / result.possible())),
                        Figures.time(result.nanoseconds()));
    }

    private static void pace(Conclusion conclusion, Way slow, Way fast) {
        conclusion
                .expect(
                        "pace-costs-cycles",
                        Condition.above(
                                "cycles of scanning, faster",
                                (double) fast.scanningCycles(),
                                "cycles of scanning at Linux's pace",
                                (double) slow.scanningCycles(),
                                0))
                .say(
                        "Looking at more pages takes %s of a CPU instead of %s.",
                        "Looking at more pages takes no more of a CPU: %s and %s.",
                        Figures.percent(fast.cpuShare()),
                        Figures.percent(slow.cpuShare()));
    }

    private static void patches(Conclusion conclusion, Way fast, Way patches) {
        conclusion
                .expect(
                        "patches-save-more",
                        Condition.above(
                                "pages saved in the end with patches",
                                (double) patches.saved(),
                                "pages saved by merging alone",
                                (double) fast.saved(),
                                0))
                .say(
                        "Patches save %1$s more, for %2$,d page{s} rebuilt.",
                        "Patches save nothing more%3$s, for %2$,d page{s} rebuilt.",
                        size(patches.saved() - fast.saved()),
                        patches.rebuilt(),
                        patches.saved() < fast.saved()
                                ? " and take " + size(fast.saved() - patches.saved())
                                : "");
    }

    private static void fork(Conclusion conclusion, Way fast, Way fork) {
        String atOnce = saving(fork.savedAtOnce());
        conclusion
                .expect(
                        "fork-saves-at-once",
                        Condition.above(
                                "pages saved at once by fork",
                                (double) fork.savedAtOnce(),
                                "pages saved at once by merging",
                                (double) fast.savedAtOnce(),
                                0))
                .say(
                        "Fork %s before anything has run, without looking at a page.",
                        "Fork %s before anything has run, no better than merging.", atOnce);
        conclusion
                .expect(
                        "merging-saves-more-in-the-end",
                        Condition.above(
                                "pages saved in the end by merging, faster",
                                (double) fast.saved(),
                                "pages saved in the end by fork",
                                (double) fork.saved(),
                                0))
                .say(
                        "In the end merging %s, fork %s: what became the same after the fork, or"
                                + " within a guest, is found by merging only.",
                        "In the end merging %s, and fork %s.",
                        saving(fast.saved()),
                        saving(fork.saved()));
    }

    private static void both(Conclusion conclusion, Way fork, Way both) {
        conclusion
                .expect(
                        "both-save-more-than-fork",
                        Condition.above(
                                "pages saved in the end by both",
                                (double) both.saved(),
                                "pages saved in the end by fork",
                                (double) fork.saved(),
                                0))
                .say(
                        "Doing both %s from the start, and %s in the end.",
                        "Doing both %s from the start, and in the end %s, no better than fork.",
                        saving(both.savedAtOnce()),
                        saving(both.saved()));
    }

    private static void example(Conclusion conclusion, List<Stage> stages) {
        Stage shared = stages.get(1);
        Stage patched = stages.get(2);
        conclusion
                .expect(
                        "example-is-as-published",
                        Condition.alike(
                                "share of pages after sharing",
                                shared.share(),
                                "published",
                                shared.published(),
                                CLOSE * shared.published()),
                        Condition.alike(
                                "share of pages after patching",
                                patched.share(),
                                "published",
                                patched.published(),
                                CLOSE * patched.published()))
                .say(
                        "The example of Difference Engine comes out as published: %s of the pages"
                                + " after sharing, %s after patching (%s and %s).",
                        "The example of Difference Engine does not come out as published: %s of the"
                                + " pages after sharing, %s after patching (%s and %s).",
                        Figures.percent(shared.share()),
                        Figures.percent(patched.share()),
                        Figures.percent(shared.published()),
                        Figures.percent(patched.published()));
    }

    private static void channel(Conclusion conclusion, Channel channel) {
        String error = Figures.percent(channel.error());
        if (channel.defence().equals(WriteChannel.NOTHING)) {
            conclusion
                    .expect(
                            "writes-tell-what-a-neighbour-holds",
                            Condition.below(
                                    "share of writes told wrongly",
                                    channel.error(),
                                    "reliable",
                                    RELIABLE,
                                    0))
                    .say(
                            "One write tells a guest whether its neighbour holds a page, but for %s"
                                    + " of them: it takes %,.0f cycles instead of %,.0f.",
                            "One write does not tell a guest whether its neighbour holds a page: %s"
                                    + " are told wrongly, at %,.0f and %,.0f cycles.",
                            error,
                            channel.sameCycles(),
                            channel.otherCycles());
        } else {
            conclusion
                    .expect(
                            "domains-hide-it",
                            Condition.above(
                                    "share of writes told wrongly",
                                    channel.error(),
                                    "guessing",
                                    GUESSING,
                                    0))
                    .say(
                            "Where pages are %s, %s are told wrongly, which is guessing.",
                            "Even where pages are %s, only %s are told wrongly.",
                            channel.defence(),
                            error);
        }
    }

    /// What a number of pages saved is; more may be taken for tables than is saved.
    private static String saving(long pages) {
        return pages < 0
                ? "takes " + size(-pages) + " more than guests apart"
                : "saves " + size(pages);
    }

    private static String size(long pages) {
        return Figures.bytes(pages * PAGE);
    }
}
