package org.nestwalk.lab.compare.sample;

import java.util.ArrayList;
import java.util.List;
import java.util.OptionalLong;
import java.util.function.Supplier;
import org.nestwalk.guest.AccessSource;
import org.nestwalk.lab.compare.CompareOptions;
import org.nestwalk.lab.compare.Comparison;
import org.nestwalk.lab.compare.ComparisonResult;
import org.nestwalk.lab.compare.Contender;
import org.nestwalk.lab.compare.SetupCounts;
import org.nestwalk.lab.compare.Workers;
import org.nestwalk.lab.compare.Workload;
import org.nestwalk.lab.progress.ProgressListener;
import org.nestwalk.random.SplitMix64;

/// Comparisons of which only samples are simulated: passes with ever more of them, until every
/// setup's share of translation is known as well as was asked for.
///
/// Each pass stands alone: its own places, its own estimate, so that what a pass found by chance is
/// not kept because it looked good.
public final class SampledComparison {
    private static final int STRATA = 10;
    private static final int MOST_PASSES = 5;
    private static final double MOST_STRATA = 1 << 24;
    private static final double MORE = 1.3;
    private static final double LEAST_MORE = 1.5;
    private static final double MOST_MADE = 0.5;
    private static final int BLOCK = 1 << 15;

    private final List<CompareOptions> parts;
    private final CompareOptions options;
    private final Sampling sampling;
    private final Supplier<Workload> workloads;
    private final SampleSize size;

    /// Comparisons in one pass, as [Comparison] has them.
    ///
    /// @param parts of blocking machines: what overlaps is not a sum over accesses, of which a part
    ///   could be taken
    /// @param workloads opens the workload at its beginning, as often as is needed
    /// @throws IllegalArgumentException if accesses of a machine overlap
    public SampledComparison(
            List<CompareOptions> parts, Sampling sampling, Supplier<Workload> workloads) {
        this(parts, sampling, workloads, SampleSize.of(parts));
    }

    /// Comparisons with units of another size.
    SampledComparison(
            List<CompareOptions> parts,
            Sampling sampling,
            Supplier<Workload> workloads,
            SampleSize size) {
        if (parts.stream().anyMatch(part -> part.machine().overlap() != null)) {
            throw new IllegalArgumentException("samples are of blocking machines");
        }
        this.parts = List.copyOf(parts);
        this.options = parts.getFirst();
        this.sampling = sampling;
        this.workloads = workloads;
        this.size = size;
    }

    /// Makes them.
    ///
    /// @return what came of each part, in their order
    /// @throws org.nestwalk.InputException if the workload is damaged, or has no accesses beyond
    ///   the warm-up
    public List<SampledResult> run(ProgressListener progress) {
        long end = length(progress);
        int strata = STRATA;
        List<SampledResult> results = List.of();
        for (int pass = 1; ; pass++) {
            if (strata > mostStrata(end)) {
                return results.isEmpty() ? exact(progress) : results;
            }
            long seed = SplitMix64.hash(options.seed(), pass);
            SamplePlan plan =
                    SamplePlan.of(options.warmup(), size.first(), end, size.unit(), strata, seed);
            long passed;
            try (Workload workload = workloads.get()) {
                Attempt attempt = new Attempt(plan);
                passed = attempt.run(workload, end, progress);
                if (passed == end || !attempt.complete) {
                    results = attempt.results(workload, pass);
                }
                if (!attempt.complete) {
                    return results;
                }
            }
            if (passed != end) {
                // The workload has promised another length.
                end = passed;
            } else if (isEnough(results) || pass == MOST_PASSES) {
                return results;
            } else {
                strata = more(results, strata, mostStrata(end));
            }
        }
    }

    /// So many strata that half of the workload would be made.
    private int mostStrata(long end) {
        long rest = Math.max(0, end - options.warmup() - size.first());
        return (int) Math.min(MOST_STRATA, MOST_MADE * rest / (2 * size.cost()));
    }

    private boolean isEnough(List<SampledResult> results) {
        return results.stream().allMatch(result -> result.sample().reached());
    }

    /// How many strata the next pass has: as many as its variance is expected to need; more than
    /// there can be if that is not worth while.
    private int more(List<SampledResult> results, int strata, int most) {
        double excess =
                results.stream()
                        .flatMap(result -> result.sample().shares().stream())
                        .mapToDouble(sampling::excess)
                        .max()
                        .orElse(1);
        double wanted = strata * Math.max(LEAST_MORE, MORE * excess * excess);
        return wanted <= most || strata * LEAST_MORE > most
                ? (int) Math.min(wanted, MOST_STRATA)
                : most;
    }

    /// How many accesses there are: what the workload says, or else what is counted.
    private long length(ProgressListener progress) {
        try (Workload workload = workloads.get()) {
            OptionalLong known = workload.accesses();
            if (known.isPresent()) {
                return Math.min(known.getAsLong(), options.limit());
            }
            AccessSource source = workload.open();
            return new AccessCounter(source, options.limit()).count(progress, new long[BLOCK]);
        }
    }

    /// All of it, where sampling would spare nothing.
    private List<SampledResult> exact(ProgressListener progress) {
        try (Workload workload = workloads.get()) {
            List<SampledResult> results = new ArrayList<>();
            for (ComparisonResult result : new Comparison(parts).runAll(workload, progress)) {
                results.add(SampledResult.exact(result, sampling));
            }
            return results;
        }
    }

    /// One pass.
    private final class Attempt {
        private final SamplePlan plan;
        private final List<List<Contender>> contenders =
                parts.stream().map(Contender::all).toList();
        private boolean complete;
        private long made;

        Attempt(SamplePlan plan) {
            this.plan = plan;
        }

        long run(Workload workload, long end, ProgressListener progress) {
            List<Contender> all = contenders.stream().flatMap(List::stream).toList();
            try (Workers workers = new Workers(options.threads(), all)) {
                SamplePass pass = new SamplePass(workers, plan, size, options.limit());
                pass.run(workload.open(), end, progress);
                complete = pass.isComplete();
                made = pass.made();
                return pass.done();
            }
        }

        List<SampledResult> results(Workload workload, int pass) {
            List<SampledResult> results = new ArrayList<>();
            for (int part = 0; part < parts.size(); part++) {
                CompareOptions of = parts.get(part);
                List<SetupCounts> totals = new ArrayList<>();
                List<ShareEstimate> shares = new ArrayList<>();
                for (Contender contender : contenders.get(part)) {
                    SetupEstimate estimate =
                            SetupEstimate.of(contender, plan, of.machine(), sampling);
                    totals.add(estimate.total());
                    shares.add(estimate.share());
                }
                ComparisonResult result =
                        new ComparisonResult(
                                workload.name(),
                                workload.identity(),
                                of,
                                workload.nonCanonical(),
                                workload.warnings(),
                                workload.dependence(),
                                complete,
                                totals,
                                List.of(),
                                List.of());
                boolean reached = complete && shares.stream().allMatch(sampling::isEnough);
                results.add(
                        new SampledResult(
                                result,
                                new SampledResult.Sample(
                                        sampling,
                                        pass,
                                        2 * plan.strata().size(),
                                        plan.measured(),
                                        made,
                                        reached,
                                        shares)));
            }
            return results;
        }
    }
}
