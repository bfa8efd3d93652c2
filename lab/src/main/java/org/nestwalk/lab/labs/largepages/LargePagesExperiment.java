package org.nestwalk.lab.labs.largepages;

import java.util.List;
import org.nestwalk.document.Document;
import org.nestwalk.guest.kernel.PagePolicy;
import org.nestwalk.lab.compare.Workloads;
import org.nestwalk.lab.experiment.Experiment;
import org.nestwalk.lab.experiment.Laboratory;
import org.nestwalk.lab.machines.Machines;
import org.nestwalk.lab.machines.Timing;
import org.nestwalk.lab.vm.BackingChoice;
import org.nestwalk.lab.vm.VmRun;
import org.nestwalk.mmu.model.ProcessorModel;
import org.nestwalk.parameter.Arguments;

/// What large pages are worth where two dimensions have to agree on them: the four combinations of
/// guest and host pages, and large pages on both sides that are out of step with each other.
///
/// A cached translation covers what both pages have in common, so that a 2-MiB page of the guest
/// over 4-KiB pages of the host is splintered: TLB entries of 4 KiB, filled one by one as they are
/// touched (Pham et al., "Large pages and lightweight memory management in virtualized
/// environments", MICRO 2015).
public final class LargePagesExperiment implements Experiment<LargePagesResult> {
    private static final Spec SPEC =
            new Spec(
                    "large-pages",
                    "What large pages are worth where guest and host have to agree on them.",
                    VmRun.MODEL,
                    Workloads.programsAndTraces(
                            "what to run in each", "gups:footprint=256MiB,accesses=2M"),
                    List.of(Machines.parameter("skylake-sp"), Timing.parameter()));

    @Override
    public Spec spec() {
        return SPEC;
    }

    @Override
    public LargePagesResult run(Laboratory laboratory, Arguments given) {
        return run(laboratory, Timing.machine(given).model(), given.text(Workloads.PROGRAM));
    }

    /// All combinations on a processor.
    static LargePagesResult run(Laboratory laboratory, ProcessorModel model, String program) {
        Combinations all = new Combinations(model, program);
        return new LargePagesResult(
                model.name(),
                program,
                all.entries(),
                laboratory.inOrder(
                        List.of(
                                all.of(PagePolicy.SMALL, BackingChoice.FIRST_TOUCH),
                                all.of(PagePolicy.SMALL, BackingChoice.LARGE),
                                all.of(PagePolicy.TRANSPARENT_HUGE, BackingChoice.FIRST_TOUCH),
                                all.of(PagePolicy.TRANSPARENT_HUGE, BackingChoice.LARGE),
                                all.of(PagePolicy.TRANSPARENT_HUGE, BackingChoice.MISALIGNED))));
    }

    @Override
    public Document document(LargePagesResult result) {
        return LargePagesDocument.of(result);
    }
}
