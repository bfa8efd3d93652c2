package org.nestwalk.lab.vm;

import java.util.List;
import java.util.stream.Stream;
import org.nestwalk.bits.PageSize;
import org.nestwalk.guest.kernel.PagePolicy;
import org.nestwalk.guest.kernel.Vma;
import org.nestwalk.lab.progress.Meter;
import org.nestwalk.lab.progress.ProgressListener;
import org.nestwalk.mmu.count.MmuCounts;
import org.nestwalk.mmu.model.MachineModel;
import org.nestwalk.mmu.model.TlbModel;

/// What large pages are worth where two dimensions have to agree on them: the four combinations of
/// guest and host pages, and large pages on both sides that are out of step with each other.
///
/// A cached translation covers what both pages have in common, so that a 2-MiB page of the guest
/// over 4-KiB pages of the host is splintered: TLB entries of 4 KiB, filled one by one as they are
/// touched (Pham et al., "Large pages and lightweight memory management in virtualized
/// environments", MICRO 2015).
public final class LargePagesStory {
    private static final long BASE = 0x40_0000_0000L;
    private static final long LARGE = PageSize.SIZE_2M.bytes();
    private static final long SMALL = PageSize.SIZE_4K.bytes();
    private static final long KERNEL = 64L << 20;
    private static final int LEVELS = 4;
    private static final int CELLS = 5;

    private final MachineModel model;
    private final String program;
    private final long footprint;
    private final Meter meter;

    /// One combination.
    ///
    /// @param guest page size of the guest
    /// @param host page size of the host, or `misaligned`
    /// @param coldReferences of a walk that nothing cached shortens
    /// @param reachEntries entries of the largest TLB
    /// @param reachBytes memory that those entries translate: of footprints of so many pages, and
    ///   twice as many, of either size, the largest that is swept a second time without a walk
    /// @param walks of the program
    /// @param walkReferences of the average walk of the program
    /// @param splinteredFills first-level TLB fills smaller than the guest's page
    /// @param translationCycles of the program, by access
    /// @param exits of the program
    /// @param cycles of the program, everything included
    public record Cell(
            String guest,
            String host,
            double coldReferences,
            long reachEntries,
            long reachBytes,
            long walks,
            double walkReferences,
            long splinteredFills,
            double translationCycles,
            long exits,
            long cycles) {}

    private LargePagesStory(MachineModel model, String program, ProgressListener progress) {
        this.model = model;
        this.program = program;
        this.footprint = GuestProgram.footprint(program, LEVELS);
        this.meter = new Meter(progress, CELLS);
    }

    /// All five on a processor.
    ///
    /// @param program or trace to run in each
    /// @throws org.nestwalk.InputException if there is no such program, or it cannot be used
    public static List<Cell> run(MachineModel model, String program, ProgressListener progress) {
        LargePagesStory story = new LargePagesStory(model, program, progress);
        return Stream.of(
                        story.cell(PagePolicy.SMALL, BackingChoice.FIRST_TOUCH),
                        story.cell(PagePolicy.SMALL, BackingChoice.LARGE),
                        story.cell(PagePolicy.TRANSPARENT_HUGE, BackingChoice.FIRST_TOUCH),
                        story.cell(PagePolicy.TRANSPARENT_HUGE, BackingChoice.LARGE),
                        story.cell(PagePolicy.TRANSPARENT_HUGE, BackingChoice.MISALIGNED))
                .toList();
    }

    private Cell cell(PagePolicy guest, BackingChoice host) {
        VmResult result =
                new VmExperiment(options(program, footprint, guest, host), model).run(meter.part());
        MmuCounts counts = result.walks();
        return new Cell(
                guest == PagePolicy.SMALL ? "4K" : "2M",
                switch (host) {
                    case LARGE -> "2M";
                    case MISALIGNED -> "misaligned";
                    default -> "4K";
                },
                coldReferences(guest, host),
                entries(),
                reach(guest, host),
                counts.walks.walks,
                (double) counts.walks.references() / Math.max(1, counts.walks.walks),
                counts.splinteredFills,
                (double) counts.translationCycles() / counts.accesses(),
                result.account().exits(),
                result.cycles());
    }

    /// What the walks of a second sweep read that no TLB serves, on a processor without caches for
    /// walks; a first sweep has made all mappings and set all flags.
    private double coldReferences(PagePolicy guest, BackingChoice host) {
        long pages = 2 * entries();
        MachineModel cold = model.withoutWalkCaches();
        MmuCounts first = sweep(cold, guest, host, LARGE, pages, 1);
        MmuCounts both = sweep(cold, guest, host, LARGE, pages, 2);
        return (double) (both.walks.references() - first.walks.references())
                / (both.walks.walks - first.walks.walks);
    }

    private long reach(PagePolicy guest, BackingChoice host) {
        long reach = 0;
        for (long stride : List.of(SMALL, LARGE)) {
            for (long pages = entries(); pages <= 2 * entries(); pages += entries()) {
                long first = sweep(model, guest, host, stride, pages, 1).walks.walks;
                long both = sweep(model, guest, host, stride, pages, 2).walks.walks;
                if (first != both) {
                    return reach;
                }
                reach = stride * pages;
            }
        }
        return reach;
    }

    private static MmuCounts sweep(
            MachineModel model,
            PagePolicy guest,
            BackingChoice host,
            long stride,
            long pages,
            int passes) {
        long bytes = Math.max(LARGE, stride * pages);
        GuestProgram sweep =
                GuestProgram.of(
                        "page sweep",
                        Vma.around(BASE, bytes),
                        () -> new PageSweep(BASE, stride, pages, passes));
        VmOptions options = options("page sweep", bytes, guest, host);
        return new VmExperiment(options, model, List.of(sweep)).run(ProgressListener.NONE).walks();
    }

    private static VmOptions options(
            String program, long footprint, PagePolicy guest, BackingChoice host) {
        return VmOptions.of(program, memoryFor(footprint))
                .with(o -> {
                    o.guestPages = guest;
                    o.backing = host;
                    o.contents = false;
                });
    }

    private static long memoryFor(long footprint) {
        return footprint + footprint / 64 + KERNEL & -LARGE;
    }

    private long entries() {
        return Stream.concat(
                        model.translation().firstLevelTlbs().stream(),
                        model.translation().secondLevelTlbs().stream())
                .filter(tlb -> tlb.serves() != TlbModel.Serves.INSTRUCTION)
                .mapToLong(tlb -> tlb.geometry().entries())
                .max()
                .orElse(1);
    }
}
