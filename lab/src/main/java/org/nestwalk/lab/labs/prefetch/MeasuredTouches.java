package org.nestwalk.lab.labs.prefetch;

import java.util.ArrayList;
import java.util.List;
import org.nestwalk.bits.PageSize;
import org.nestwalk.kvm.handle.Kvm;
import org.nestwalk.kvm.measure.FirstTouches;
import org.nestwalk.lab.experiment.EndedEarly;
import org.nestwalk.lab.labs.prefetch.PrefetchResult.Row;
import org.nestwalk.lab.progress.Meter;

/// First touches on the host's KVM, timed in the guest.
///
/// @param pages that are touched
/// @param job pages of an activation
record MeasuredTouches(int pages, int job, long seed) {
    static final String DEMAND = "demand";
    static final String DEMAND_LARGE = "demand-2M";
    static final String POPULATED = "populated";
    static final String POPULATED_LARGE = "populated-2M";
    static final String PRE_FAULTED = "pre-faulted";
    static final String TOUCHED = "touched";

    private static final double GIGA = 1e9;

    /// All ways that the host has, over each pattern.
    ///
    /// @param missing receives what it lacks
    List<Row> rows(List<Pattern> patterns, List<String> missing, Meter meter) {
        List<Row> rows = new ArrayList<>();
        try (Kvm kvm = Kvm.open()) {
            for (Pattern pattern : patterns) {
                for (String way :
                        List.of(
                                DEMAND,
                                DEMAND_LARGE,
                                POPULATED,
                                POPULATED_LARGE,
                                PRE_FAULTED,
                                TOUCHED)) {
                    if (!meter.add(pages)) {
                        throw new EndedEarly();
                    }
                    add(kvm, pattern, way, rows, missing);
                }
            }
        }
        return rows;
    }

    private void add(Kvm kvm, Pattern pattern, String way, List<Row> rows, List<String> missing) {
        boolean large = way.equals(DEMAND_LARGE) || way.equals(POPULATED_LARGE);
        long bytes =
                2L * pages * PrefetchedGuest.PAGE + PageSize.SIZE_2M.bytes() - 1
                        & -PageSize.SIZE_2M.bytes();
        try (FirstTouches guest =
                new FirstTouches(
                        kvm, bytes, large ? PageSize.SIZE_2M : PageSize.SIZE_4K, 2 * pages)) {
            if (way.equals(PRE_FAULTED) && !guest.canPreFault()) {
                missing.add(PRE_FAULTED + ": this host's KVM has no KVM_PRE_FAULT_MEMORY");
                return;
            }
            rows.add(row(guest, pattern, way));
        }
    }

    private Row row(FirstTouches guest, Pattern pattern, String way) {
        int announced = pattern.announced(pages);
        long range = announced * PrefetchedGuest.PAGE;
        long start = System.nanoTime();
        int calls = 0;
        switch (way) {
            case POPULATED, POPULATED_LARGE -> guest.populate(0, range);
            case PRE_FAULTED -> calls = guest.preFault(0, range);
            case TOUCHED -> {
                long[] _ = guest.touch(offsets(Pattern.SEQUENTIAL.pages(2 * pages, seed)));
            }
            default -> {}
        }
        boolean before = !way.equals(DEMAND) && !way.equals(DEMAND_LARGE);
        long preparing = before ? System.nanoTime() - start : 0;
        long[] ticks = guest.touch(offsets(pattern.pages(pages, seed)));
        double nanos = GIGA / guest.frequency();
        for (int i = 0; i < ticks.length; i++) {
            ticks[i] = Math.round(ticks[i] * nanos);
        }
        TouchTimes touches = new TouchTimes(ticks);
        long backed = guest.backedBytes();
        return new Row(
                pattern.label(),
                way,
                before && !way.equals(TOUCHED) ? announced : 0,
                calls,
                null,
                touches.percentile(0.5),
                touches.percentile(0.9),
                touches.percentile(0.99),
                touches.percentile(1),
                touches.jitter(job),
                0,
                preparing,
                touches.sum(),
                backed,
                backed - pages * PrefetchedGuest.PAGE,
                touches.histogram());
    }

    private static long[] offsets(long[] pages) {
        long[] offsets = new long[pages.length];
        for (int i = 0; i < pages.length; i++) {
            offsets[i] = pages[i] * PrefetchedGuest.PAGE;
        }
        return offsets;
    }
}
