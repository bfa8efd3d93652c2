package org.nestwalk.mmu.time;

import org.jspecify.annotations.Nullable;
import org.nestwalk.bits.Access;
import org.nestwalk.mmu.count.MmuCounts;
import org.nestwalk.mmu.model.OverlapModel;
import org.nestwalk.mmu.model.ProcessorModel;

/// Finds how much of what is charged to an account takes no time, because it is done while
/// something else is, by a [clock][OverlapClock] of the machine and of the machine with perfect
/// TLBs, the difference of which is what translation costs.
///
/// Told of every access after it has been charged, it reads from the account what that took.
public final class OverlapTime {
    private final MmuCounts counts;
    private final int accessCycles;
    private final boolean takesData;
    private final OverlapClock clock;
    private long lookups;
    private long walks;

    /// The time of a processor whose `counts` are at zero; null on a blocking machine.
    public static @Nullable OverlapTime of(ProcessorModel model, MmuCounts counts) {
        OverlapModel overlap = model.overlap();
        return overlap == null ? null : new OverlapTime(model, overlap, counts);
    }

    private OverlapTime(ProcessorModel model, OverlapModel overlap, MmuCounts counts) {
        this.counts = counts;
        this.accessCycles = model.costs().accessCycles();
        this.takesData = model.memory().dataThroughCaches();
        this.clock =
                new OverlapClock(
                        overlap.window(),
                        model.translation().walkers(),
                        overlap.outstandingMisses(),
                        accessCycles);
    }

    /// A data access, packed, has been made.
    ///
    /// @param time null on a blocking machine, where nothing is to be done
    /// @param data cycles charged for its data
    /// @param misses whether another cache than the first-level one has served it, or memory
    public static void access(@Nullable OverlapTime time, long access, int data, boolean misses) {
        if (time != null) {
            time.access(access, data, misses);
        }
    }

    private void access(long access, int data, boolean misses) {
        long lookup = counts.tlbCycles - lookups;
        long walk = counts.walkCycles - walks;
        lookups = counts.tlbCycles;
        walks = counts.walkCycles;
        int distance = Access.distance(access);
        boolean issued = !Access.isContinued(access);
        if (Access.isAfterBranch(access)) {
            clock.branch();
        }
        clock.access(distance, issued, lookup, walk, data, misses);
    }

    /// So many data accesses have been made that depend on none, hit the TLB, and were charged
    /// nothing for data.
    ///
    /// @param time null on a blocking machine, where nothing is to be done
    public static void hits(@Nullable OverlapTime time, int count) {
        if (time != null) {
            time.clock.hits(count);
        }
    }

    /// An instruction fetch, packed, has been made.
    ///
    /// @param time null on a blocking machine, where nothing is to be done
    /// @param again whether it went to the page of the one before, and was charged nothing
    public static void fetch(@Nullable OverlapTime time, long access, boolean again) {
        if (time != null && !(again && time.accessCycles == 0)) {
            time.fetch(access);
        }
    }

    private void fetch(long access) {
        boolean issued = !Access.isContinued(access);
        clock.fetch(issued, counts.tlbCycles - lookups, counts.walkCycles - walks);
        lookups = counts.tlbCycles;
        walks = counts.walkCycles;
    }

    /// Writes what has overlapped so far to the account.
    ///
    /// @param time null on a blocking machine, where nothing is to be done
    /// @param serial whether nothing later may begin before all so far is complete, as at an
    ///   exception or an exit; what was charged for an access that was not made passes then
    public static void settle(@Nullable OverlapTime time, boolean serial) {
        if (time != null) {
            time.settle(serial);
        }
    }

    private void settle(boolean serial) {
        if (serial) {
            clock.serial(counts.tlbCycles - lookups + counts.walkCycles - walks);
            lookups = counts.tlbCycles;
            walks = counts.walkCycles;
        }
        long issue = counts.accesses() * accessCycles;
        counts.overlappedCycles =
                issue + counts.translationCycles() + counts.dataCycles - clock.now();
        counts.overlappedDataCycles =
                takesData ? issue + counts.dataCycles - clock.nowWithPerfectTlbs() : 0;
    }
}
