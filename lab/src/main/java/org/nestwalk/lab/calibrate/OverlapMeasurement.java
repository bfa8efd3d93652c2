package org.nestwalk.lab.calibrate;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.IntPredicate;
import org.nestwalk.bits.Access;
import org.nestwalk.bits.PageSize;
import org.nestwalk.kvm.measure.Clocks;
import org.nestwalk.kvm.measure.Estimate;
import org.nestwalk.kvm.measure.LoadPattern;
import org.nestwalk.kvm.measure.Loads;
import org.nestwalk.kvm.measure.Loads.Place;
import org.nestwalk.kvm.measure.Replay;
import org.nestwalk.kvm.measure.Sampler;

/// Measures [Overlap]: dependent and independent loads from random lines, one after the other in
/// each repeat, so that whatever else happens on the host meets both.
final class OverlapMeasurement {
    /// How often everything is measured at most.
    static final int MOST_REPEATS = 9;

    private static final int DEPENDENT = 2_000;
    private static final int INDEPENDENT = 20_000;

    // Both come to a state of their own first: what a cache that others use, too, holds of them
    // depends on their pace, and so does all that programs of such a pace meet.
    private static final int SETTLING = 50_000;
    private static final int SETTLING_BETWEEN = 10_000;
    private static final int FLOODING = 200_000;
    private static final int BURSTS = 12;
    private static final int PIECES = 16;
    private static final int PIECE = 2_048;

    /// Accesses that a replay has to have room for.
    static final int ACCESSES = 2 * PIECES * PIECE;

    private static final long CACHED = 8 << 10;

    /// Far more than caches hold, and few enough large pages for TLBs.
    private static final long MOST_BYTES = 256L << 20;

    private static final long LINE = LoadPattern.LINE;

    /// Times of each repeat, in nanoseconds of a load.
    private static final class Target {
        private final Loads loads;
        private final long bytes;
        private final double[] dependent;
        private final double[] independent;

        Target(Loads loads, long bytes, int repeats) {
            this.loads = loads;
            this.bytes = bytes;
            dependent = new double[repeats];
            independent = new double[repeats];
        }
    }

    private final Clocks clocks;
    private final List<Target> targets = new ArrayList<>();
    private final Replay replay;
    private final Target walking;
    private final int repeats;
    private final double[] spaced;
    private final double[] issued;
    private long state = 1;
    private int done;

    /// Of loads in several places.
    ///
    /// @param replay accesses in a loop of as many instructions as the model assumes, natively, to
    ///   the memory of one of `loads` with the largest pages that there are
    /// @param repeats how often, at least 1
    OverlapMeasurement(Clocks clocks, List<Loads> loads, Replay replay, int repeats) {
        this.repeats = repeats;
        this.spaced = new double[repeats];
        this.issued = new double[repeats];
        this.clocks = clocks;
        this.replay = replay;
        loads.forEach(one -> add(one, bytes(one.bytes())));
        Loads small = target(PageSize.SIZE_4K).loads;
        walking = add(small, small.bytes());
    }

    private Target add(Loads loads, long bytes) {
        Target target = new Target(loads, bytes, repeats);
        targets.add(target);
        return target;
    }

    /// Measures it, once at least.
    ///
    /// @param goOn told how many repeats have been made; says whether to go on
    void run(IntPredicate goOn) {
        do {
            repeat();
        } while (done < repeats && goOn.test(done));
    }

    /// Measures it once more; not more often than was said.
    void repeat() {
        for (Target target : targets) {
            Loads loads = target.loads;
            LoadPattern pattern = LoadPattern.within(target.bytes, LINE);
            double[] dependent = new double[BURSTS];
            double[] independent = new double[BURSTS];
            for (int i = 0; i < BURSTS; i++) {
                int settling = i == 0 ? SETTLING : SETTLING_BETWEEN;
                dependent[i] = nanoseconds(loads.chase(pattern, 1, settling, DEPENDENT), DEPENDENT);
            }
            long _ = loads.flood(pattern, FLOODING);
            for (int i = 0; i < BURSTS; i++) {
                independent[i] = nanoseconds(loads.flood(pattern, INDEPENDENT), INDEPENDENT);
            }
            target.dependent[done] = Sampler.quantile(dependent);
            target.independent[done] = Sampler.quantile(independent);
        }
        spaced[done] = replayed(bytes(replay.bytes()));
        issued[done] = replayed(CACHED);
        done++;
    }

    private static long bytes(long room) {
        return Math.min(room, MOST_BYTES);
    }

    private double nanoseconds(long ticks, int loads) {
        return ticks / (double) loads / clocks.ticksPerNanosecond();
    }

    /// Nanoseconds of an independent load from random lines of the first `bytes`: the best quantile
    /// of pieces, the first of which bring TLBs and caches into their state.
    private double replayed(long bytes) {
        LoadPattern pattern = LoadPattern.within(bytes, LINE);
        long[] accesses = new long[ACCESSES];
        for (int i = 0; i < accesses.length; i++) {
            state = LoadPattern.next(state);
            accesses[i] = Access.pack(Access.LOAD, pattern.offset(state));
        }
        long[] ticks = replay.times(accesses, PIECE, bytes);
        double[] last =
                Arrays.stream(ticks, PIECES, ticks.length)
                        .mapToDouble(piece -> nanoseconds(piece, PIECE))
                        .toArray();
        return Sampler.quantile(last);
    }

    /// What follows from it.
    ///
    /// @param memory nanoseconds of a load from memory without a walk
    Overlap overlap(double memory) {
        Target large = target(replay.pages());
        double[] misses = new double[done];
        double[] window = new double[done];
        double[] walkers = new double[done];
        double[] cycles = new double[done];
        for (int i = 0; i < done; i++) {
            misses[i] = large.dependent[i] / large.independent[i];
            window[i] = large.dependent[i] / spaced[i];
            // Where there are most of them: what walks add to dependent loads, beside all that
            // independent ones take.
            walkers[i] = (walking.dependent[i] - memory) / walking.independent[i];
            cycles[i] = issued[i] * clocks.coreGHz();
        }
        return new Overlap(
                Estimate.of(misses),
                Estimate.of(window),
                Estimate.of(walkers),
                Estimate.of(cycles),
                targets.stream().map(this::row).toList());
    }

    private Target target(PageSize pages) {
        return targets.stream()
                .filter(target -> target.loads.place() == Place.NATIVE)
                .filter(target -> target.loads.pages() == pages)
                .findFirst()
                .orElseThrow();
    }

    private Overlap.Row row(Target target) {
        double[] ratio = new double[done];
        Arrays.setAll(ratio, i -> target.dependent[i] / target.independent[i]);
        return new Overlap.Row(
                target.loads.place(),
                target.loads.pages(),
                target.bytes,
                Estimate.of(Arrays.copyOf(target.dependent, done)),
                Estimate.of(Arrays.copyOf(target.independent, done)),
                Estimate.of(ratio));
    }
}
