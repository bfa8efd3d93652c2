package org.nestwalk.lab.labs.layout;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;
import org.nestwalk.bits.PageSize;
import org.nestwalk.hypervisor.layout.Granule;
import org.nestwalk.lab.experiment.EndedEarly;
import org.nestwalk.lab.labs.layout.EvictionSets.Attempt;
import org.nestwalk.lab.labs.layout.LayoutResult.CacheAttack;
import org.nestwalk.lab.labs.layout.LayoutResult.Cost;
import org.nestwalk.lab.labs.layout.LayoutResult.Placement;
import org.nestwalk.lab.labs.layout.LayoutResult.Race;
import org.nestwalk.lab.labs.layout.LayoutResult.WalkAttack;
import org.nestwalk.lab.progress.Meter;
import org.nestwalk.mmu.count.MmuCounts;
import org.nestwalk.mmu.model.ProcessorModel;
import org.nestwalk.random.Xoshiro256;

/// What attackers in one guest find out, and how long that takes them.
final class LayoutAttacks {
    private static final long PAGE = 4096;

    private final ScatteredGuest guest;
    private final ProcessorModel model;
    private final @Nullable Granule granule;
    private final String name;
    private final Xoshiro256 random;
    private final int hidden;
    private long[] places;

    /// @param granule null for memory that is not scattered
    LayoutAttacks(
            ScatteredGuest guest,
            ProcessorModel model,
            @Nullable Granule granule,
            String name,
            long seed) {
        this.guest = guest;
        this.model = model;
        this.granule = granule;
        this.name = name;
        this.random = new Xoshiro256(seed);
        this.hidden = hidden(granule, SharedCache.of(model).colours());
        this.places = guest.places();
    }

    /// Colours that a page may have whose place in its granule is known.
    static int hidden(@Nullable Granule granule, int colours) {
        return (int) (colours * PAGE / step(granule, colours));
    }

    /// How far apart lines are of which a guest knows no reason why they should not share a set:
    /// the greatest common divisor of a granule, within which it knows all bits, and of what has a
    /// page of each colour.
    private static long step(@Nullable Granule granule, int colours) {
        long step = colours * PAGE;
        long bytes = granule == null ? 0 : granule.bytes();
        while (bytes != 0) {
            long rest = step % bytes;
            step = bytes;
            bytes = rest;
        }
        return step;
    }

    /// What `layouts` of them hide.
    Placement placement(int layouts) {
        PlaceStatistics statistics = new PlaceStatistics(SharedCache.of(model));
        for (int i = 0; i < layouts; i++) {
            statistics.add(places);
            move();
        }
        return statistics.result(name, guest.blocks(), hidden);
    }

    private long move() {
        long cycles = guest.move();
        places = guest.places();
        return cycles;
    }

    private long place(long gpa) {
        return places[(int) (gpa / PAGE)] + gpa % PAGE;
    }

    /// Lines that may share a set with that at `target`, as far as the guest knows.
    private List<Long> candidates(long target, int colours) {
        long step = step(granule, colours);
        List<Long> found = new ArrayList<>();
        for (long gpa = target % step; gpa < places.length * PAGE; gpa += step) {
            if (gpa != target) {
                found.add(gpa);
            }
        }
        return found;
    }

    private Attempt attempt(SharedCache cache, Runnable afterAccess) {
        long target = random.nextBelow(places.length) * PAGE + random.nextBelow(64) * 64;
        return new EvictionSets(cache, this::place, afterAccess, random)
                .attempt(target, candidates(target, cache.colours()), hidden);
    }

    /// Eviction sets, while nothing moves within one attempt.
    ///
    /// @param plain the same without a layout; null for this
    CacheAttack evictionSets(int attempts, @Nullable CacheAttack plain, Meter meter) {
        SharedCache cache = SharedCache.of(model);
        int found = 0;
        double candidates = 0;
        double accesses = 0;
        double cycles = 0;
        for (int i = 0; i < attempts; i++) {
            Attempt one = attempt(cache, () -> {});
            found += one.found() ? 1 : 0;
            candidates += one.candidates();
            accesses += one.accesses();
            cycles += one.cycles();
            add(meter, one.accesses());
        }
        double each = accesses / attempts;
        return new CacheAttack(
                name,
                hidden,
                attempts,
                found,
                candidates / attempts,
                each,
                cycles / attempts,
                plain == null ? 1 : each / plain.accesses(),
                plain == null ? 1 : predicted(granule, hidden) / predicted(null, 1));
    }

    /// Accesses of an attempt, by a model that knows only how many candidates there are.
    private double predicted(@Nullable Granule pieces, int among) {
        SharedCache cache = SharedCache.of(model);
        long step = step(pieces, cache.colours());
        int candidates = (int) (places.length * PAGE / step) - 1;
        return EvictionSets.predicted(cache.ways(), candidates, among, PAGE);
    }

    /// Eviction sets, while everything moves each time that so many accesses have been made.
    ///
    /// @param relative period over `usual` accesses
    Race race(double relative, double usual, int attempts, Meter meter) {
        SharedCache cache = SharedCache.of(model);
        long period = Math.max(1, Math.round(relative * usual));
        AtomicLong left = new AtomicLong(1 + random.nextBelow(period));
        AtomicLong moves = new AtomicLong();
        AtomicLong moving = new AtomicLong();
        int found = 0;
        for (int i = 0; i < attempts; i++) {
            Attempt one =
                    attempt(
                            cache,
                            () -> {
                                if (left.decrementAndGet() == 0) {
                                    left.set(period);
                                    moves.incrementAndGet();
                                    moving.addAndGet(move());
                                }
                            });
            found += one.found() ? 1 : 0;
            add(meter, one.accesses());
        }
        double each = moves.get() == 0 ? move() : (double) moving.get() / moves.get();
        double between = (double) cache.cycles() / cache.accesses() * period;
        return new Race(name, period, relative, attempts, found, each, each / (each + between));
    }

    /// Secret addresses looked for by the lines of page tables.
    ///
    /// @param moves whether memory moves meanwhile
    WalkAttack tables(int addresses, boolean moves, Meter meter) {
        SharedCache cache = SharedCache.of(model);
        TableLines lines = new TableLines(guest, cache, moves, random);
        int found = 0;
        for (int i = 0; i < addresses; i++) {
            found += lines.attack();
            add(meter, cache.accesses() / (i + 1));
        }
        places = guest.places();
        return new WalkAttack(
                moves ? name + ", moving" : name,
                addresses,
                TableLines.BITS,
                found,
                (double) cache.accesses() / addresses);
    }

    private static void add(Meter meter, long accesses) {
        if (!meter.add(accesses)) {
            throw new EndedEarly();
        }
    }

    /// What a guest's accesses cost.
    ///
    /// @param host pages of the second level
    static Cost cost(
            String name, PageSize host, PageSize pages, MmuCounts counts, ProcessorModel model) {
        int guestLevels = pages == PageSize.SIZE_4K ? 4 : 3;
        int hostLevels = host == PageSize.SIZE_4K ? 4 : 3;
        double accesses = counts.accesses();
        return new Cost(
                name,
                pages.label(),
                counts.walks.referencesPerWalk(),
                (guestLevels + 1) * (hostLevels + 1) - 1,
                counts.translationCycles() / accesses,
                counts.cycles(model.costs().accessCycles()) / accesses);
    }
}
