package org.nestwalk.lab.labs.restore;

import java.util.Optional;
import org.nestwalk.document.Conclusion;
import org.nestwalk.document.Condition;
import org.nestwalk.document.Figures;
import org.nestwalk.lab.labs.restore.RestoreComparison.Way;
import org.nestwalk.lab.snapshot.RestorePlan.Named;

/// What a run shows, and what it does not.
final class RestoreConclusion {
    // REAP's figures: faults that a recorded set may leave, and how much sooner most is done.
    private static final double FEW = 0.05;
    private static final double MUCH_SOONER = 3;

    private static final double MOSTLY = 0.9;

    private final Conclusion conclusion = new Conclusion();
    private final RestoreComparison result;

    private RestoreConclusion(RestoreComparison result) {
        this.result = result;
    }

    static Conclusion of(RestoreComparison result) {
        RestoreConclusion all = new RestoreConclusion(result);
        all.verified();
        all.overlap();
        Optional<Way> eager = result.of(Named.EAGER);
        Optional<Way> lazy = result.of(Named.LAZY);
        Optional<Way> set = result.of(Named.SET);
        Optional<Way> beside = result.of(Named.BACKGROUND);
        Optional<Way> large = result.of(Named.LAZY_LARGE);
        if (eager.isPresent() && lazy.isPresent()) {
            all.starts(eager.get(), lazy.get());
            all.pays(eager.get(), lazy.get());
        }
        if (lazy.isPresent() && set.isPresent()) {
            all.fewerFaults(lazy.get(), set.get());
            all.sooner(lazy.get(), set.get());
        }
        if (lazy.isPresent() && beside.isPresent()) {
            all.tail(lazy.get(), beside.get());
        }
        if (lazy.isPresent() && large.isPresent()) {
            all.large(lazy.get(), large.get());
        }
        return all.conclusion;
    }

    private void verified() {
        for (Way way : result.ways()) {
            if (way.failure() != null) {
                conclusion.say("With %s the guest could not go on: %s.", way.way(), way.failure());
            } else if (!way.verified()) {
                conclusion.say(
                        "With %s the guest ended with another checksum than plain execution.",
                        way.way());
            }
        }
        if (result.ways().stream().allMatch(Way::verified)) {
            conclusion.say(
                    "All %,d guest{s} ended with the checksum of plain execution.",
                    result.ways().size());
        }
    }

    private void overlap() {
        Double overlap = result.overlap();
        if (overlap == null) {
            return;
        }
        conclusion
                .expect(
                        "clones-need-the-same-pages",
                        Condition.above(
                                "Jaccard index of the pages that two clones need",
                                overlap,
                                "mostly the same",
                                MOSTLY,
                                0))
                .say(
                        "Clones need mostly the same pages: the Jaccard index is %s.",
                        "Clones do not need mostly the same pages: the Jaccard index is %s.",
                        Figures.format("%.2f", overlap));
    }

    private void starts(Way eager, Way lazy) {
        conclusion
                .expect(
                        "lazy-starts-sooner",
                        Condition.below(
                                "ns to the first access, lazy",
                                (double) lazy.nanosToFirst(),
                                "ns to the first access, eager",
                                (double) eager.nanosToFirst(),
                                0))
                .say(
                        "Lazily the first access is done after %s, when all is loaded first after"
                                + " %s.",
                        "Lazily the first access is done after %s, no sooner than when all is"
                                + " loaded first: %s.",
                        Figures.time(lazy.nanosToFirst()),
                        Figures.time(eager.nanosToFirst()));
    }

    private void pays(Way eager, Way lazy) {
        conclusion
                .expect(
                        "lazy-ends-sooner",
                        Condition.below(
                                "ns to the end, lazy",
                                (double) lazy.nanosToEnd(),
                                "ns to the end, eager",
                                (double) eager.nanosToEnd(),
                                0))
                .say(
                        "The %3$,d fault{s} of that cost less than loading all: the end is after"
                                + " %1$s instead of %2$s.",
                        "The %3$,d fault{s} of that cost more than loading all in one read: the end"
                                + " is after %1$s instead of %2$s.",
                        Figures.time(lazy.nanosToEnd()),
                        Figures.time(eager.nanosToEnd()),
                        lazy.faults());
    }

    private void fewerFaults(Way lazy, Way set) {
        conclusion
                .expect(
                        "recorded-set-removes-faults",
                        Condition.atMost(
                                "faults with the recorded set",
                                (double) set.faults(),
                                "5 % of the faults without",
                                FEW * lazy.faults()))
                .say(
                        "The recorded set leaves %,d fault{s} of %,d.",
                        "The recorded set leaves %,d fault{s} of %,d, which is more than 5 %%.",
                        set.faults(),
                        lazy.faults());
    }

    private void sooner(Way lazy, Way set) {
        conclusion
                .expect(
                        "recorded-set-is-three-times-as-fast",
                        Condition.atMost(
                                "three times the ns to 90 % of accesses with the recorded set",
                                MUCH_SOONER * set.nanosTo90(),
                                "ns to that without",
                                (double) lazy.nanosTo90()))
                .say(
                        "With it 90 %% of the accesses are done after %1$s instead of %2$s, %3$s"
                                + " times as fast.",
                        "With it 90 %% of the accesses are done after %1$s instead of %2$s, only"
                                + " %3$s times as fast.",
                        Figures.time(set.nanosTo90()),
                        Figures.time(lazy.nanosTo90()),
                        Figures.format(
                                "%.2f", (double) lazy.nanosTo90() / Math.max(1, set.nanosTo90())));
    }

    private void tail(Way lazy, Way beside) {
        conclusion
                .expect(
                        "background-removes-faults",
                        Condition.below(
                                "faults with loading beside the guest",
                                (double) beside.faults(),
                                "faults without",
                                (double) lazy.faults(),
                                0))
                .say(
                        "Loading beside the guest takes %,d page{s} off the faults' hands, of which"
                                + " %,d {is|are} left.",
                        "Loading beside the guest, %,d page{s}, leaves as many faults: %,d.",
                        beside.besidePages(),
                        beside.faults());
    }

    private void large(Way lazy, Way large) {
        conclusion
                .expect(
                        "large-pages-fault-less-and-read-more",
                        Condition.below(
                                "faults of 2 MiB",
                                (double) large.faults(),
                                "faults of 4 KiB",
                                (double) lazy.faults(),
                                0),
                        Condition.above(
                                "pages loaded by faults of 2 MiB",
                                (double) large.faultPages(),
                                "pages loaded by faults of 4 KiB",
                                (double) lazy.faultPages(),
                                0))
                .say(
                        "Loading 2 MiB at once takes %,d fault{s} instead of %,d, for %,d page{s}"
                                + " instead of %,d.",
                        "Loading 2 MiB at once is no trade of faults for pages here: %,d fault{s}"
                                + " and %,d, %,d page{s} and %,d.",
                        large.faults(),
                        lazy.faults(),
                        large.faultPages(),
                        lazy.faultPages());
    }
}
