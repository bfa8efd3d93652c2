package org.nestwalk.lab.vm;

import java.util.List;
import org.nestwalk.guest.kernel.PagePolicy;
import org.nestwalk.lab.compare.Meter;
import org.nestwalk.lab.compare.ProgressListener;
import org.nestwalk.memory.Fragmentation;
import org.nestwalk.mmu.model.MachineModel;

/// The argument for a hint: a guest uses large pages on a host whose free memory is in pieces. Left
/// alone, first touches find no large block; khugepaged comes late; a hint has the block made
/// before the page is used.
public final class HintStory {
    /// Of the host's memory, unless asked otherwise.
    public static final Fragmentation FRAGMENTATION =
            new Fragmentation(0.98, Fragmentation.Kind.RANDOM);

    private static final double NEARLY_ALL = 0.95;
    private static final int WAYS = 5;

    /// One way, and what came of it.
    ///
    /// @param name what people call it
    /// @param share of the guest's 2-MiB pages that are backed by 2-MiB pages at the end
    /// @param backedAfter simulated nanoseconds until that share was 95 %; -1 if it never was
    /// @param walkReferences of the average walk
    /// @param translationCycles by access
    /// @param pagesMoved to make room
    /// @param movingCycles copying and shootdowns of the host
    /// @param cycles all, moving included
    public record Way(
            String name,
            double share,
            long backedAfter,
            double walkReferences,
            double translationCycles,
            long pagesMoved,
            long movingCycles,
            long cycles) {}

    private HintStory() {}

    /// All ways.
    ///
    /// @param options program, memory and fragmentation; pages and hint are the story's own
    /// @param khugepaged how many times as often as Linux's it works in a fourth way; its own pace
    ///   in the third
    public static List<Way> run(
            VmOptions options, MachineModel model, double khugepaged, ProgressListener progress) {
        Meter meter = new Meter(progress, WAYS);
        VmOptions guest =
                options.with(o -> {
                    o.guestPages = PagePolicy.TRANSPARENT_HUGE;
                    o.backing = BackingChoice.LARGE;
                });
        VmOptions whole = guest.with(o -> o.fragmentation = Fragmentation.NONE);
        VmOptions small = guest.with(o -> o.backing = BackingChoice.KHUGEPAGED);
        return List.of(
                way("unfragmented host", whole, model, meter),
                way("no hint", guest, model, meter),
                way("khugepaged only", small, model, meter),
                way(
                        "khugepaged, %.0f times as often".formatted(khugepaged),
                        small.with(o -> o.hostScanFactor = khugepaged),
                        model,
                        meter),
                way("hint", guest.with(o -> o.hint = true), model, meter));
    }

    private static Way way(String name, VmOptions options, MachineModel model, Meter meter) {
        VmResult result = new VmExperiment(options, model).run(meter.part());
        long moving = Moving.cycles(result.account()) + Moving.cycles(result.background());
        return new Way(
                name,
                share(result.timeline().getLast()),
                backedAfter(result),
                (double) result.walks().walks.references()
                        / Math.max(1, result.walks().walks.walks),
                (double) result.walks().translationCycles() / result.walks().accesses(),
                result.host().pagesMoved(),
                moving,
                result.cycles());
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
