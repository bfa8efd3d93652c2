package org.nestwalk.lab.labs.hint;

import java.util.List;
import java.util.Objects;
import java.util.function.Function;
import org.nestwalk.InputException;
import org.nestwalk.document.Document;
import org.nestwalk.document.Figures;
import org.nestwalk.guest.kernel.PagePolicy;
import org.nestwalk.lab.compare.Workloads;
import org.nestwalk.lab.experiment.Experiment;
import org.nestwalk.lab.experiment.Laboratory;
import org.nestwalk.lab.labs.hint.HintResult.Way;
import org.nestwalk.lab.machines.Machines;
import org.nestwalk.lab.machines.Timing;
import org.nestwalk.lab.progress.Meter;
import org.nestwalk.lab.vm.BackingChoice;
import org.nestwalk.lab.vm.GuestOptions;
import org.nestwalk.lab.vm.Moving;
import org.nestwalk.lab.vm.RunOptions;
import org.nestwalk.lab.vm.VmOptions;
import org.nestwalk.lab.vm.VmParameters;
import org.nestwalk.lab.vm.VmResult;
import org.nestwalk.lab.vm.VmRun;
import org.nestwalk.memory.Fragmentation;
import org.nestwalk.mmu.model.ProcessorModel;
import org.nestwalk.parameter.Arguments;
import org.nestwalk.parameter.Domain;
import org.nestwalk.parameter.Parameter;

/// The argument for a hint: a guest uses large pages on a host whose free memory is in pieces. Left
/// alone, first touches find no large block; khugepaged comes late; a hint has the block made
/// before the page is used.
public final class HintExperiment implements Experiment<HintResult> {
    static final String WHOLE = "unfragmented host";
    static final String ALONE = "no hint";
    static final String KHUGEPAGED = "khugepaged only";
    static final String HINT = "hint";

    private static final double NEARLY_ALL = 0.95;
    private static final String FRAGMENTATION = "fragmentation";
    private static final String FACTOR = "khugepaged";

    private static final Spec SPEC =
            new Spec(
                    "hint",
                    "A guest that announces its large pages, on a host whose memory is in pieces.",
                    VmRun.MODEL,
                    Workloads.programs("what to run in each", "gups:footprint=512MiB,accesses=4M"),
                    List.of(
                            Machines.parameter("skylake-sp"),
                            Timing.parameter(),
                            VmParameters.memory(
                                    "guest memory; the host has half as much again", 768L << 20),
                            Parameter.of(
                                    FRAGMENTATION,
                                    "of the host's free memory",
                                    new Domain.Text(
                                            "D:KIND", "", text -> Fragmentation.parse(text).spec()),
                                    "0.98:random"),
                            Parameter.number(
                                    FACTOR,
                                    "one way has khugepaged work so many times as often as Linux",
                                    10_000,
                                    1e-6,
                                    1e6)));

    @Override
    public Spec spec() {
        return SPEC;
    }

    @Override
    public HintResult run(Laboratory laboratory, Arguments given) {
        Fragmentation imposed = Fragmentation.parse(given.text(FRAGMENTATION));
        VmOptions options =
                VmOptions.of(given.text(Workloads.PROGRAM), given.size(VmParameters.MEMORY))
                        .withHost(host -> host.with(imposed))
                        .withRun(RunOptions::withoutContents);
        ProcessorModel model = Timing.machine(given).model();
        return new HintResult(
                model.name(),
                given.text(Workloads.PROGRAM),
                imposed.spec(),
                ways(laboratory, options, model, given.number(FACTOR)));
    }

    /// All ways, with program, memory and fragmentation of `options`.
    ///
    /// @param factor how many times as often as Linux's khugepaged works in the fourth way
    static List<Way> ways(
            Laboratory laboratory, VmOptions options, ProcessorModel model, double factor) {
        VmOptions guest =
                options.withGuest(asked -> asked.with(PagePolicy.TRANSPARENT_HUGE))
                        .withHost(host -> host.with(BackingChoice.LARGE));
        VmOptions whole = guest.withHost(host -> host.with(Fragmentation.NONE));
        VmOptions small = guest.withHost(host -> host.with(BackingChoice.KHUGEPAGED));
        VmOptions eager = small.withHost(host -> host.withScanFactor(factor));
        String often = Figures.format("khugepaged, %,.0f times as often", factor);
        return laboratory.inOrder(
                List.of(
                        way(WHOLE, whole, model),
                        way(ALONE, guest, model),
                        way(KHUGEPAGED, small, model),
                        way(often, eager, model),
                        way(HINT, guest.withGuest(GuestOptions::withHint), model)));
    }

    @Override
    public Document document(HintResult result) {
        return HintDocument.of(result);
    }

    private static Function<Meter, Way> way(String name, VmOptions options, ProcessorModel model) {
        return meter -> {
            VmResult result = VmRun.simulated(options, model).run(meter.part()).requireNoFailure();
            requireLargePages(result);
            long moving =
                    Moving.cycles(result.account())
                            + Moving.cycles(result.onlySimulated().background());
            return new Way(
                    name,
                    share(result.timeline().getLast()),
                    backedAfter(result),
                    result.walks().walks.referencesPerWalk(),
                    (double) result.walks().exposedTranslationCycles() / result.walks().accesses(),
                    Objects.requireNonNull(result.onlySimulated().host()).pagesMoved(),
                    moving,
                    result.cycles());
        };
    }

    /// Of a guest without large pages nothing can be said.
    private static void requireLargePages(VmResult result) {
        if (result.complete()
                && result.timeline().stream().allMatch(moment -> moment.guestLarge() == 0)) {
            throw new InputException(
                    "%s never has a 2M page in its guest, of which this is about; use a program"
                                    .formatted(result.tasks().getFirst().program())
                            + " with more data in one piece, and enough memory");
        }
    }

    private static long backedAfter(VmResult result) {
        for (VmResult.Moment moment : result.timeline()) {
            if (moment.guestLarge() > 0 && share(moment) >= NEARLY_ALL) {
                return moment.nanoseconds();
            }
        }
        return -1;
    }

    private static double share(VmResult.Moment moment) {
        return moment.guestLarge() == 0
                ? 0
                : (double) moment.guestLargeOnLarge() / moment.guestLarge();
    }
}
