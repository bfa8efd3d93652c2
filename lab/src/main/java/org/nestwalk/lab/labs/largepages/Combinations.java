package org.nestwalk.lab.labs.largepages;

import java.util.List;
import java.util.function.Function;
import java.util.stream.Stream;
import org.nestwalk.bits.PageSize;
import org.nestwalk.guest.kernel.PagePolicy;
import org.nestwalk.guest.kernel.Vma;
import org.nestwalk.lab.experiment.EndedEarly;
import org.nestwalk.lab.labs.largepages.LargePagesResult.Combination;
import org.nestwalk.lab.progress.Meter;
import org.nestwalk.lab.progress.ProgressListener;
import org.nestwalk.lab.vm.BackingChoice;
import org.nestwalk.lab.vm.GuestProgram;
import org.nestwalk.lab.vm.RunOptions;
import org.nestwalk.lab.vm.VmOptions;
import org.nestwalk.lab.vm.VmResult;
import org.nestwalk.lab.vm.VmRun;
import org.nestwalk.mmu.count.MmuCounts;
import org.nestwalk.mmu.count.WalkCounts;
import org.nestwalk.mmu.model.ProcessorModel;
import org.nestwalk.mmu.model.TlbModel;

/// Runs a program, and sweeps over pages, in guests with combinations of page sizes.
final class Combinations {
    private static final long BASE = 0x40_0000_0000L;
    private static final long LARGE = PageSize.SIZE_2M.bytes();
    private static final long SMALL = PageSize.SIZE_4K.bytes();
    private static final long KERNEL = 64L << 20;
    private static final int LEVELS = 4;

    private final ProcessorModel model;
    private final String program;
    private final long footprint;

    /// @param program or trace to run in each
    /// @throws org.nestwalk.InputException if there is no such program, or it cannot be used
    Combinations(ProcessorModel model, String program) {
        this.model = model;
        this.program = program;
        this.footprint = GuestProgram.footprint(program, LEVELS);
    }

    /// One of them, told how to report its progress, which throws [EndedEarly] if it is to end.
    Function<Meter, Combination> of(PagePolicy guest, BackingChoice host) {
        return meter -> combination(guest, host, meter);
    }

    private Combination combination(PagePolicy guest, BackingChoice host, Meter meter) {
        VmResult result =
                VmRun.simulated(options(program, footprint, guest, host), model)
                        .run(meter.part())
                        .requireNoFailure();
        if (!meter.add(0)) {
            throw new EndedEarly();
        }
        MmuCounts counts = result.walks();
        return new Combination(
                guest == PagePolicy.SMALL ? "4K" : "2M",
                switch (host) {
                    case LARGE -> "2M";
                    case MISALIGNED -> "misaligned";
                    default -> "4K";
                },
                coldReferences(guest, host),
                reach(guest, host),
                counts.walks.walks,
                counts.walks.referencesPerWalk(),
                counts.splinteredFills,
                (double) counts.exposedTranslationCycles() / counts.accesses(),
                result.account().exits(),
                result.cycles());
    }

    /// What walks read that no TLB serves, on a processor without caches for walks.
    private double coldReferences(PagePolicy guest, BackingChoice host) {
        return secondSweep(model.withoutWalkCaches(), guest, host, LARGE, 2 * entries())
                .referencesPerWalk();
    }

    private long reach(PagePolicy guest, BackingChoice host) {
        long reach = 0;
        for (long stride : List.of(SMALL, LARGE)) {
            for (long pages = entries(); pages <= 2 * entries(); pages += entries()) {
                if (secondSweep(model, guest, host, stride, pages).walks != 0) {
                    return reach;
                }
                reach = stride * pages;
            }
        }
        return reach;
    }

    /// The walks of a second sweep, after a first that has made all mappings and set all flags.
    private static WalkCounts secondSweep(
            ProcessorModel model, PagePolicy guest, BackingChoice host, long stride, long pages) {
        long bytes = Math.max(LARGE, stride * pages);
        GuestProgram sweep =
                GuestProgram.of(
                        "page sweep",
                        Vma.around(BASE, bytes),
                        () -> new PageSweep(BASE, stride, pages, 2));
        VmOptions options =
                options("page sweep", bytes, guest, host).withRun(run -> run.withWarmup(pages));
        return VmRun.simulated(options, model, List.of(sweep))
                .run(ProgressListener.NONE)
                .walks()
                .walks;
    }

    private static VmOptions options(
            String program, long footprint, PagePolicy guest, BackingChoice host) {
        return VmOptions.of(program, memoryFor(footprint))
                .withGuest(options -> options.with(guest))
                .withHost(options -> options.with(host))
                .withRun(RunOptions::withoutContents);
    }

    private static long memoryFor(long footprint) {
        return footprint + footprint / 64 + KERNEL & -LARGE;
    }

    /// Entries of the largest TLB.
    long entries() {
        return Stream.concat(
                        model.translation().firstLevelTlbs().stream(),
                        model.translation().secondLevelTlbs().stream())
                .filter(tlb -> tlb.serves() != TlbModel.Serves.INSTRUCTION)
                .mapToLong(tlb -> tlb.geometry().entries())
                .max()
                .orElse(1);
    }
}
