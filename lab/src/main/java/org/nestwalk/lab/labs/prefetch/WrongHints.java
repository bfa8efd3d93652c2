package org.nestwalk.lab.labs.prefetch;

import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import org.nestwalk.bits.PageSize;
import org.nestwalk.hypervisor.FirstTouch;
import org.nestwalk.hypervisor.prefetch.PrefetchCounts;
import org.nestwalk.hypervisor.prefetch.PrefetchSettings;
import org.nestwalk.lab.labs.prefetch.PrefetchResult.WrongHint;
import org.nestwalk.mmu.model.ProcessorModel;
import org.nestwalk.random.SplitMix64;

/// Hints that are of no use, and what they cost the host.
///
/// @param pages of the working set; the range has twice as many
/// @param hostile how many hostile hints there are
record WrongHints(
        ProcessorModel model, int pages, PrefetchSettings settings, int hostile, long seed) {
    private static final long SECOND = 1_000_000_000L;

    /// All kinds.
    List<WrongHint> all() {
        List<WrongHint> rows = new ArrayList<>();
        rows.add(row("never used", pages, 0, settings, guest -> guest.hint(0, pages, 0)));
        rows.add(
                row(
                        "used too late",
                        pages,
                        pages,
                        settings,
                        guest -> {
                            touch(guest, pages);
                            guest.hint(0, pages, 0);
                        }));
        rows.add(
                row(
                        "twice too large",
                        pages,
                        pages,
                        settings,
                        guest -> {
                            guest.hint(0, 2L * pages, 0);
                            touch(guest, pages);
                        }));
        // A quarter of the range, and half of it a second, so that the cap is seen to hold.
        PrefetchSettings tight = settings.withAllowance(pages / 2, pages);
        rows.add(row("hostile", pages, 0, tight, this::attack));
        return rows;
    }

    private static void touch(PrefetchedGuest guest, int count) {
        for (int page = 0; page < count; page++) {
            long _ = guest.touch(page, 0);
        }
    }

    /// Calls that nobody with a sound mind makes: ranges before, beyond and across memory, of
    /// lengths that overflow, not of whole pages, with flags that nobody knows; and ranges that are
    /// in order, again and again.
    private void attack(PrefetchedGuest guest) {
        for (int i = 0; i < hostile; i++) {
            long bits = SplitMix64.hash(seed, i);
            long gpa = guest.gpa(Long.remainderUnsigned(SplitMix64.mix(bits), 2L * pages));
            long length = (1 + Long.remainderUnsigned(bits, 2L * pages)) * PrefetchedGuest.PAGE;
            switch ((int) (bits >>> 60)) {
                case 0 -> guest.call(bits, length, 0);
                case 1 -> guest.call(gpa, bits, 0);
                case 2 -> guest.call(gpa, Long.MAX_VALUE - PrefetchedGuest.PAGE + 1, 0);
                case 3 -> guest.call(-PrefetchedGuest.PAGE, length, 0);
                case 4 -> guest.call(gpa, length, bits);
                case 5 -> guest.call(gpa + 8, length, 0);
                case 6, 7 -> guest.call(gpa, length, 1);
                case 8 -> guest.call(gpa, length, 2);
                default -> guest.call(gpa, length, bits & 6);
            }
            guest.pass(0);
        }
    }

    private WrongHint row(
            String name,
            int size,
            int touched,
            PrefetchSettings with,
            Consumer<PrefetchedGuest> work) {
        try (PrefetchedGuest guest =
                new PrefetchedGuest(model, 2 * size, new FirstTouch(PageSize.SIZE_4K), with)) {
            long before = guest.hostCycles();
            work.accept(guest);
            PrefetchCounts counts = guest.counts();
            long nanos = guest.cpu().nanoseconds();
            long most =
                    with.burstPages()
                            + (long) Math.ceil((double) nanos * with.pagesPerSecond() / SECOND);
            return new WrongHint(
                    name,
                    counts.calls(),
                    counts.refused(),
                    counts.capped(),
                    counts.backed(),
                    guest.backedBytes() - touched * PrefetchedGuest.PAGE,
                    most,
                    guest.hostCycles() - before,
                    guest.mostCycles(
                            counts.calls() + touched,
                            Math.min(most, 2L * size) + touched,
                            with.chunkPages()));
        }
    }
}
