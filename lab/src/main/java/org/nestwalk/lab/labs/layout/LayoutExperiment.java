package org.nestwalk.lab.labs.layout;

import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.nestwalk.bits.PageSize;
import org.nestwalk.document.Document;
import org.nestwalk.hypervisor.layout.Granule;
import org.nestwalk.lab.experiment.Experiment;
import org.nestwalk.lab.experiment.Laboratory;
import org.nestwalk.lab.labs.layout.LayoutResult.CacheAttack;
import org.nestwalk.lab.labs.layout.LayoutResult.Cost;
import org.nestwalk.lab.labs.layout.LayoutResult.Placement;
import org.nestwalk.lab.labs.layout.LayoutResult.Race;
import org.nestwalk.lab.labs.layout.LayoutResult.WalkAttack;
import org.nestwalk.lab.machines.Machines;
import org.nestwalk.lab.machines.Timing;
import org.nestwalk.lab.progress.Meter;
import org.nestwalk.lab.vm.MappedGuest;
import org.nestwalk.lab.vm.VmRun;
import org.nestwalk.mmu.model.ProcessorModel;
import org.nestwalk.parameter.Arguments;
import org.nestwalk.parameter.Domain;
import org.nestwalk.parameter.Parameter;

/// Guest memory scattered over the host's by a secret permutation: what that hides, from whom, what
/// it costs, and what it does not hide.
public final class LayoutExperiment implements Experiment<LayoutResult> {
    static final String PLAIN = "not scattered";

    private static final String SIMULATED = "sim";
    private static final String ON = "on";
    private static final String MEMORY = "memory";
    private static final String GRANULE = "granule";
    private static final String LAYOUTS = "layouts";
    private static final String ATTEMPTS = "attempts";
    private static final String PERIODS = "periods";
    private static final String ADDRESSES = "addresses";
    private static final String ACCESSES = "accesses";
    private static final String SEED = "seed";

    /// Twenty moves of all memory in an attempt, each of which takes as long as some ten thousands
    /// of its accesses.
    private static final double LEAST_PERIOD = 0.05;

    private static final Spec SPEC =
            new Spec(
                    "layout",
                    "Guest memory scattered over the host's at random: what it hides, and what"
                            + " not.",
                    VmRun.BLOCKING_MODEL
                            + "; attackers read their own guest's memory through the last-level"
                            + " cache alone, without noise, and tell hits from misses; on KVM the"
                            + " host's kernel chooses frames, and its page map says which",
                    null,
                    List.of(
                            Parameter.choice(ON, "what it runs on", SIMULATED, "kvm"),
                            Machines.parameter("skylake-sp").onlyWith(ON, SIMULATED),
                            Parameter.of(
                                    MEMORY,
                                    "of the guest's data",
                                    new Domain.Size(4L << 20, 8L << 30, 2L << 20),
                                    "256MiB"),
                            Parameter.of(
                                            GRANULE,
                                            "what is scattered as one piece",
                                            new Domain.Choice(Granule.labels()),
                                            Granule.SMALL.label())
                                    .by(Granule.labels().toArray(String[]::new))
                                    .several(),
                            Parameter.count(
                                    LAYOUTS, "of each granule, for statistics", 8, 1, 10_000),
                            Parameter.count(
                                            ATTEMPTS,
                                            "to build an eviction set, of each kind",
                                            8,
                                            1,
                                            100_000)
                                    .onlyWith(ON, SIMULATED),
                            Parameter.of(
                                            PERIODS,
                                            "between two moves of all memory, over the time that an"
                                                    + " attempt takes while nothing moves",
                                            new Domain.Real(0, 1e6, ""),
                                            "1")
                                    .by("0.25", "0.5", "1", "2", "4")
                                    .several()
                                    .onlyWith(ON, SIMULATED),
                            Parameter.count(
                                            ADDRESSES,
                                            "secret addresses to find by page tables, of each kind",
                                            2,
                                            1,
                                            10_000)
                                    .onlyWith(ON, SIMULATED),
                            Parameter.count(
                                            ACCESSES,
                                            "random ones of a guest, for costs",
                                            200_000,
                                            4096,
                                            1_000_000_000)
                                    .onlyWith(ON, SIMULATED),
                            Parameter.seed("of the key, attackers and accesses")));

    @Override
    public Spec spec() {
        return SPEC;
    }

    @Override
    public LayoutResult run(Laboratory laboratory, Arguments given) {
        List<Granule> granules =
                given.texts(GRANULE).stream().map(Granule::of).distinct().sorted().toList();
        long bytes = given.size(MEMORY);
        if (!given.text(ON).equals(SIMULATED)) {
            return MeasuredLayout.run(laboratory, bytes, given.whole(LAYOUTS), given.seed(SEED));
        }
        ProcessorModel model = Timing.blocking(given);
        check(given, model, bytes);
        Simulated simulated = new Simulated(given, model, bytes);
        List<Function<Meter, Boolean>> work = new ArrayList<>();
        List<@Nullable Granule> layouts = new ArrayList<>();
        layouts.add(null);
        layouts.addAll(granules.reversed());
        for (Granule granule : layouts) {
            work.add(meter -> simulated.attack(granule, meter));
        }
        work.add(meter -> simulated.races(granules.getFirst(), meter));
        for (Granule granule : layouts) {
            for (PageSize pages : List.of(PageSize.SIZE_4K, PageSize.SIZE_2M)) {
                work.add(meter -> simulated.cost(granule, pages, meter));
            }
        }
        List<Boolean> _ = laboratory.inOrder(work);
        return new LayoutResult(
                model.name(),
                MappedGuest.memoryFor(ScatteredGuest.BASE, bytes) / 4096,
                SharedCache.of(model).ways(),
                SharedCache.of(model).colours(),
                model.costs().frequencyGHz(),
                null,
                simulated.placements,
                simulated.attacks,
                simulated.races,
                simulated.walkAttacks,
                simulated.costs,
                simulated.kept);
    }

    private static void check(Arguments given, ProcessorModel model, long bytes) {
        if (model.memory().caches().isEmpty()) {
            throw given.bad(
                    MACHINE,
                    "%s has no caches, by which attackers could learn anything"
                            .formatted(model.name()));
        }
        for (String period : given.texts(PERIODS)) {
            if (Double.parseDouble(period) < LEAST_PERIOD) {
                throw given.bad(
                        PERIODS,
                        "memory that moves after %s times an attempt does nothing but move; use %s or more"
                                .formatted(period, LEAST_PERIOD));
            }
        }
        long needed = 2L * TableLines.pagesFor(SharedCache.of(model)) * 4096;
        if (bytes < needed) {
            throw given.bad(
                    MEMORY,
                    "%d MiB do not fill the shared cache of %s from any layout; use %d MiB or more, or"
                                    .formatted(bytes >> 20, model.name(), (needed >> 20) + 2)
                            + " a machine with a smaller cache");
        }
    }

    /// The parts of a run on the simulated machine.
    private static final class Simulated {
        private final Arguments given;
        private final ProcessorModel model;
        private final long bytes;
        private final List<Placement> placements = new ArrayList<>();
        private final List<CacheAttack> attacks = new ArrayList<>();
        private final List<Race> races = new ArrayList<>();
        private final List<WalkAttack> walkAttacks = new ArrayList<>();
        private final List<Cost> costs = new ArrayList<>();
        private boolean kept = true;

        Simulated(Arguments given, ProcessorModel model, long bytes) {
            this.given = given;
            this.model = model;
            this.bytes = bytes;
        }

        private ScatteredGuest guest(@Nullable Granule granule, PageSize pages, Meter meter) {
            return new ScatteredGuest(model, granule, bytes, pages, given.seed(SEED), meter);
        }

        private static String name(@Nullable Granule granule) {
            return granule == null ? PLAIN : granule.label();
        }

        /// What one layout hides, and what attackers find in spite of it.
        boolean attack(@Nullable Granule granule, Meter meter) {
            try (ScatteredGuest guest = guest(granule, PageSize.SIZE_4K, meter)) {
                LayoutAttacks against =
                        new LayoutAttacks(guest, model, granule, name(granule), given.seed(SEED));
                placements.add(against.placement(granule == null ? 1 : given.whole(LAYOUTS)));
                CacheAttack first = attacks.isEmpty() ? null : attacks.getFirst();
                attacks.add(against.evictionSets(given.whole(ATTEMPTS), first, meter));
                walkAttacks.add(against.tables(given.whole(ADDRESSES), false, meter));
                if (granule == Granule.SMALL) {
                    walkAttacks.add(against.tables(given.whole(ADDRESSES), true, meter));
                }
                kept &= guest.keepsContents(2, given.seed(SEED));
            }
            return true;
        }

        /// Attempts while memory moves.
        boolean races(Granule granule, Meter meter) {
            double accesses =
                    attacks.stream()
                            .filter(one -> one.layout().equals(granule.label()))
                            .mapToDouble(CacheAttack::accesses)
                            .findFirst()
                            .orElse(1);
            try (ScatteredGuest guest = guest(granule, PageSize.SIZE_4K, meter)) {
                LayoutAttacks against =
                        new LayoutAttacks(guest, model, granule, name(granule), given.seed(SEED));
                for (String period : given.texts(PERIODS)) {
                    races.add(
                            against.race(
                                    Double.parseDouble(period),
                                    accesses,
                                    Math.max(1, given.whole(ATTEMPTS) / 2),
                                    meter));
                }
            }
            return true;
        }

        boolean cost(@Nullable Granule granule, PageSize pages, Meter meter) {
            try (ScatteredGuest guest = guest(granule, pages, meter)) {
                int count = given.whole(ACCESSES);
                costs.add(
                        LayoutAttacks.cost(
                                name(granule),
                                granule == null ? PageSize.SIZE_2M : granule.page(),
                                pages,
                                guest.randomAccesses(count, given.seed(SEED)),
                                model));
                return meter.add(count);
            }
        }
    }

    @Override
    public Document document(LayoutResult result) {
        return LayoutDocument.of(result);
    }

    @Override
    public boolean isFlawless(LayoutResult result) {
        return result.keptContents();
    }
}
