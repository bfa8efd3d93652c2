package org.nestwalk.lab.labs.doublecaching;

import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.List;
import java.util.Random;
import java.util.function.IntFunction;
import java.util.function.ToDoubleFunction;
import org.nestwalk.bits.PageSize;
import org.nestwalk.lab.experiment.EndedEarly;
import org.nestwalk.lab.labs.doublecaching.DoubleCachingResult.Effect;
import org.nestwalk.lab.labs.doublecaching.DoubleCachingResult.Hypothesis;
import org.nestwalk.lab.labs.doublecaching.DoubleCachingResult.Observation;
import org.nestwalk.lab.progress.Meter;
import org.nestwalk.lab.statistics.LinearModels;
import org.nestwalk.lab.statistics.TwoLevelDesign;
import org.nestwalk.random.SplitMix64;

/// The experiment: a file is read in each of the eight cells, as often as there are replicates, in
/// a random order, by a guest of its own each time. Replicates differ in how much is read.
///
/// @param pages that are read, on average
/// @param replicates of each cell
/// @param grounds makes a machine for a file of so many pages
record Factorial(int pages, int replicates, long seed, IntFunction<Ground> grounds) {
    static final String FAULTS = "faults";
    static final String DISK_PAGES = "disk pages";
    static final String TIME = "time";
    static final int FRESH = 4;
    static final int HOST = 2;
    static final int READAHEAD = 32;

    private static final double CONFIDENCE = 0.95;

    /// Pages that a replicate reads: half to one and a half of the average.
    int read(int replicate) {
        double part = SplitMix64.fraction(SplitMix64.hash(seed, replicate));
        return Math.max(1, (int) (pages * (0.5 + part)));
    }

    /// The most pages that any reads.
    static int most(int pages) {
        return pages + pages / 2 + 1;
    }

    private record Run(int cell, int replicate) {}

    /// All observations, in the order in which they were made.
    List<Observation> observe(Confounder confounder, Meter meter) {
        List<Run> runs = new ArrayList<>();
        for (int cell = 0; cell < CacheState.COUNT; cell++) {
            for (int replicate = 0; replicate < replicates; replicate++) {
                runs.add(new Run(cell, replicate));
            }
        }
        if (confounder == Confounder.ONE_GUEST) {
            return oneGuest(runs, meter);
        }
        Collections.shuffle(runs, new Random(seed));
        List<Observation> observations = new ArrayList<>();
        for (Run run : runs) {
            try (Ground ground = grounds.apply(most(pages));
                    ReadingGuest guest = guest(ground, confounder)) {
                observations.add(observe(ground, guest, confounder, run));
            }
            progress(meter);
        }
        return observations;
    }

    private static void progress(Meter meter) {
        if (!meter.add(1)) {
            throw new EndedEarly();
        }
    }

    private ReadingGuest guest(Ground ground, Confounder confounder) {
        return ground.guest(
                most(pages) + READAHEAD,
                confounder == Confounder.READAHEAD ? READAHEAD : 1,
                confounder == Confounder.LARGE_PAGES ? PageSize.SIZE_2M : PageSize.SIZE_4K);
    }

    private Observation observe(Ground ground, ReadingGuest guest, Confounder confounder, Run run) {
        CacheState cell = CacheState.of(run.cell);
        if (!cell.fresh() || confounder == Confounder.RECYCLED) {
            guest.useFrames(confounder == Confounder.REPORTING);
        }
        return read(ground, guest, run);
    }

    private Observation read(Ground ground, ReadingGuest guest, Run run) {
        CacheState cell = CacheState.of(run.cell);
        int count = read(run.replicate);
        if (!cell.guestCold()) {
            guest.read(count);
        }
        ground.setHost(cell.hostCold(), count);
        long faults = guest.faults();
        long backed = guest.backedPages();
        long disk = ground.diskPages();
        long start = ground.now(guest);
        guest.read(count);
        return new Observation(
                cell.guestCold(),
                cell.hostCold(),
                cell.fresh(),
                count,
                guest.faults() - faults,
                guest.backedPages() - backed,
                ground.diskPages() - disk,
                ground.now(guest) - start);
    }

    /// Cells of each replicate from the last to the first, by one guest, whose frames stay as they
    /// are left.
    private List<Observation> oneGuest(List<Run> runs, Meter meter) {
        List<Observation> observations = new ArrayList<>();
        for (int replicate = 0; replicate < replicates; replicate++) {
            int number = replicate;
            try (Ground ground = grounds.apply(most(pages));
                    ReadingGuest guest = guest(ground, Confounder.ONE_GUEST)) {
                for (Run run :
                        runs.stream()
                                .filter(one -> one.replicate == number)
                                .sorted(Comparator.comparingInt(Run::cell).reversed())
                                .toList()) {
                    guest.files().drop(0, ReadingGuest.FILE);
                    observations.add(read(ground, guest, run));
                    progress(meter);
                }
            }
        }
        return observations;
    }

    /// The analysis of a response, for each page read.
    static TwoLevelDesign design(
            List<Observation> observations, ToDoubleFunction<Observation> response) {
        List<List<Double>> cells = new ArrayList<>();
        for (int cell = 0; cell < CacheState.COUNT; cell++) {
            int number = cell;
            cells.add(
                    observations.stream()
                            .filter(one -> one.cell() == number)
                            .map(one -> response.applyAsDouble(one) / one.pages())
                            .toList());
        }
        return new TwoLevelDesign(CacheState.FACTORS.length, cells);
    }

    /// Effects of all terms on all responses.
    static List<Effect> effects(List<Observation> observations) {
        List<Effect> effects = new ArrayList<>();
        add(FAULTS, design(observations, Observation::faults), effects);
        add(DISK_PAGES, design(observations, Observation::diskPages), effects);
        add(TIME, design(observations, Observation::nanoseconds), effects);
        return effects;
    }

    private static void add(String response, TwoLevelDesign design, List<Effect> effects) {
        for (int term : design.terms()) {
            TwoLevelDesign.Effect effect = design.effect(term, CONFIDENCE);
            effects.add(
                    new Effect(
                            response,
                            CacheState.term(term),
                            effect.effect(),
                            effect.lower(),
                            effect.upper(),
                            effect.etaSquared(),
                            effect.p()));
        }
    }

    /// A main effect on faults.
    static double faultEffect(List<Observation> observations, int term) {
        return design(observations, Observation::faults).effect(term, CONFIDENCE).effect();
    }

    /// Whether faults follow what is read from the disk, or what is backed for the first time.
    static List<Hypothesis> hypotheses(List<Observation> observations) {
        double[] faults = column(observations, Observation::faults);
        double[] fetched = column(observations, Observation::diskPages);
        double[] fresh = column(observations, Observation::freshPages);
        double[] both = new double[faults.length];
        for (int i = 0; i < both.length; i++) {
            both[i] = fetched[i] * fresh[i];
        }
        LinearModels models = new LinearModels(faults);
        return List.of(
                hypothesis(
                        DoubleCachingDocument.FETCHES,
                        models.isEnough(List.of(fetched), List.of(fresh, both))),
                hypothesis(
                        DoubleCachingDocument.FRESH,
                        models.isEnough(List.of(fresh), List.of(fetched, both))));
    }

    private static Hypothesis hypothesis(String name, LinearModels.Test test) {
        return new Hypothesis(name, Double.isInfinite(test.f()) ? -1 : test.f(), test.p());
    }

    private static double[] column(
            List<Observation> observations, ToDoubleFunction<Observation> of) {
        return observations.stream().mapToDouble(of).toArray();
    }
}
