package org.nestwalk.lab.labs.validate;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.BooleanSupplier;
import java.util.function.Function;
import org.nestwalk.kvm.measure.Clocks;
import org.nestwalk.kvm.measure.Estimate;
import org.nestwalk.kvm.measure.Replay;
import org.nestwalk.kvm.measure.Sampler;
import org.nestwalk.lab.compare.Workloads;

/// How long programs take on the host: in rounds, each of which comes to every case, so that
/// whatever else happens on the host meets all of them. A round's time is the best quantile of
/// short pieces, the one that calibration has, after others that bring TLBs and caches into their
/// state.
final class Measured {
    /// Accesses of a piece.
    static final int PIECE = 2_048;

    private final List<Case> cases;
    private final Function<Case, Replay> replays;
    private final double ticksPerNanosecond;
    private final int before;
    private final int timed;
    private final Map<Case, Stream> streams = new LinkedHashMap<>();
    private final Map<Case, List<Double>> times = new LinkedHashMap<>();

    /// Nothing measured yet.
    ///
    /// @param replays where the accesses of a case are made
    /// @param before pieces that are not timed
    /// @param timed pieces that are
    Measured(
            List<Case> cases,
            Function<Case, Replay> replays,
            Clocks clocks,
            int before,
            int timed) {
        this.cases = cases;
        this.replays = replays;
        this.ticksPerNanosecond = clocks.ticksPerNanosecond();
        this.before = before;
        this.timed = timed;
        for (Case one : cases) {
            streams.put(one, new Stream(Workloads.program(one.spec())));
            times.put(one, new ArrayList<>());
        }
    }

    /// Makes one more round.
    ///
    /// @param goOn asked before each case
    /// @return false if it was ended; what it had measured counts for nothing
    boolean round(BooleanSupplier goOn) {
        Map<Case, Double> round = new LinkedHashMap<>();
        for (Case one : cases) {
            if (!goOn.getAsBoolean()) {
                return false;
            }
            round.put(one, nanoseconds(one));
        }
        round.forEach((one, time) -> list(one).add(time));
        return true;
    }

    private double nanoseconds(Case one) {
        long[] accesses = new long[(before + timed) * PIECE];
        Stream stream = streams.get(one);
        if (stream == null) {
            throw new IllegalArgumentException(one.toString());
        }
        stream.next(accesses);
        long[] ticks = replays.apply(one).times(accesses, PIECE, one.bytes());
        double[] pieces =
                Arrays.stream(ticks, before, ticks.length)
                        .mapToDouble(piece -> piece / ticksPerNanosecond / PIECE)
                        .toArray();
        return Sampler.quantile(pieces);
    }

    private List<Double> list(Case one) {
        return times.computeIfAbsent(one, _ -> new ArrayList<>());
    }

    /// Nanoseconds of an access; at least one round has been made.
    Estimate time(Case one) {
        return Estimate.of(list(one).stream().mapToDouble(Double::doubleValue).toArray());
    }

    /// How many times as long `one` takes as `other`, by round.
    Estimate ratio(Case one, Case other) {
        List<Double> above = list(one);
        List<Double> below = list(other);
        double[] ratios = new double[above.size()];
        Arrays.setAll(ratios, i -> above.get(i) / below.get(i));
        return Estimate.of(ratios);
    }
}
