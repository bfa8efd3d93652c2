package org.nestwalk.lab.labs.channel;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import org.nestwalk.InputException;
import org.nestwalk.mmu.model.MemoryModel;
import org.nestwalk.mmu.model.ProcessorModel;
import org.nestwalk.random.SplitMix64;
import org.nestwalk.random.Xoshiro256;

/// A victim with random accesses to 8 GiB on the simulated machine, or to twice the 2-MiB pages
/// that its largest TLB holds, if that is more: 12 of the 512 small pages of each 2-MiB region.
///
/// Against a [ThreatModel#HYPERVISOR] every reference comes from memory, and data as well, because
/// it has emptied the caches.
final class SimulatedLatencies {
    private static final long BASE = 0x7f00_0000_0000L;
    private static final long LEAST_REGIONS = 4_096;
    private static final int PAGES = 12;
    private static final int SAMPLES = 10_000;
    private static final int MOST_TRIES = 20 * SAMPLES;
    private static final int LEVELS = 5;

    private final ProcessorModel model;
    private final ThreatModel threat;
    private final long seed;
    private final long regions;
    private final Map<Question, double[]> known = new HashMap<>();

    private record Question(Secret secret, boolean one, boolean flushed, boolean smallPagesOnly) {}

    /// On a processor, against an attacker.
    SimulatedLatencies(ProcessorModel model, ThreatModel threat, long seed) {
        this.model = threat == ThreatModel.HYPERVISOR ? uncached(model) : model;
        this.threat = threat;
        this.seed = seed;
        this.regions =
                Math.max(
                        LEAST_REGIONS,
                        model.translation().secondLevelTlbs().stream()
                                .mapToLong(tlb -> 2L * tlb.geometry().entries())
                                .max()
                                .orElse(0));
    }

    private static ProcessorModel uncached(ProcessorModel model) {
        return model.with(new MemoryModel(List.of(), model.memory().memoryCycles(), false))
                .with(
                        model.costs()
                                .withAccessCycles(
                                        model.costs().accessCycles()
                                                + model.memory().memoryCycles()));
    }

    /// Cycles of single accesses of the victim that miss the TLB.
    ///
    /// @param one whether the secret bit is 1: large pages, or the same region
    /// @param flushed whether TLBs and walk caches are emptied before what is timed
    /// @param smallPagesOnly whether memory is mapped by 4-KiB pages whatever the secret says
    double[] sample(Secret secret, boolean one, boolean flushed, boolean smallPagesOnly) {
        Question question = new Question(secret, one, flushed, smallPagesOnly);
        return known.computeIfAbsent(question, this::measure);
    }

    private double[] measure(Question question) {
        Secret secret = question.secret;
        boolean one = question.one;
        boolean large = secret == Secret.PAGE_SIZE && one && !question.smallPagesOnly;
        Xoshiro256 random =
                new Xoshiro256(SplitMix64.hash(seed + (one ? 1 : 0), secret.label().hashCode()));
        VictimMemory victim = prepared(large ? "2M" : "4K");
        double[] samples = new double[SAMPLES];
        int count = 0;
        for (int tries = 0; count < SAMPLES; tries++) {
            requireTries(tries);
            if (threat == ThreatModel.HYPERVISOR) {
                victim.flush();
            }
            long region = random.nextBelow(regions);
            if (threat == ThreatModel.PROCESS || secret == Secret.REGION) {
                victim.load(address(region, random));
            }
            if (question.flushed) {
                victim.flush();
            }
            boolean same = secret == Secret.REGION && one;
            long cycles = victim.load(address(same ? region : random.nextBelow(regions), random));
            if (victim.walked()) {
                samples[count++] = cycles;
            }
        }
        return samples;
    }

    /// Cycles of the walks of plain random accesses with 4-KiB pages, by where they began: 0 at the
    /// root, n after a cached entry of level n. Kinds that are too rare to be judged are left out.
    SortedMap<Integer, double[]> byStart(int least) {
        Xoshiro256 random = new Xoshiro256(SplitMix64.hash(seed, 99));
        VictimMemory victim = prepared("4K");
        List<List<Double>> kinds = new ArrayList<>();
        for (int level = 0; level <= LEVELS; level++) {
            kinds.add(new ArrayList<>());
        }
        for (int i = 0; i < 8 * SAMPLES; i++) {
            // Now and then, what came before is far away, or everything has been emptied.
            if (i % 16 == 0) {
                victim.flush();
            }
            long region = random.nextBelow(regions);
            victim.load(address(region, random));
            long near = i % 2 == 0 ? region : region & -512 | random.nextBelow(512);
            long cycles =
                    victim.load(address(i % 4 == 3 ? random.nextBelow(regions) : near, random));
            if (victim.walked()) {
                kinds.get(victim.start()).add((double) cycles);
            }
        }
        SortedMap<Integer, double[]> result = new TreeMap<>();
        for (int level = 0; level <= LEVELS; level++) {
            List<Double> kind = kinds.get(level);
            if (kind.size() >= least) {
                result.put(level, kind.stream().mapToDouble(Double::doubleValue).toArray());
            }
        }
        return result;
    }

    /// A victim that has touched all of its pages, so that none is new.
    private VictimMemory prepared(String pages) {
        VictimMemory victim = new VictimMemory(model, pages, seed);
        for (long region = 0; region < regions; region++) {
            for (int page = 0; page < PAGES; page++) {
                victim.load(address(region, page, 0));
            }
        }
        return victim;
    }

    private static long address(long region, Xoshiro256 random) {
        return address(region, (int) random.nextBelow(PAGES), random.nextBelow(64) << 6);
    }

    /// Pages of a region are spread over it.
    private static long address(long region, int page, long offset) {
        return BASE + (region << 21) + ((long) page * 41 << 12) + offset;
    }

    private static void requireTries(int tries) {
        if (tries > MOST_TRIES) {
            throw new InputException(
                    "the victim's accesses hit the TLBs of this machine, so that there is nothing"
                            + " to time");
        }
    }
}
