package org.nestwalk.report.vm;

import static org.nestwalk.Quantities.counted;
import static org.nestwalk.document.Figures.format;
import static org.nestwalk.document.Figures.share;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.nestwalk.lab.compare.FirstTouches;

/// What to conclude from a run in a virtual machine, in sentences.
final class VmConclusion {
    private static final double WORTH_ACTING_ON = 0.05;

    private VmConclusion() {}

    static String of(VmReport report) {
        List<String> sentences = new ArrayList<>();
        CycleReport cycles = report.cycles();
        long software = sum(cycles.software()) + sum(cycles.background());
        sentences.add(
                format(
                        "Translation takes %s of the cycles, and exits and software %s%s.",
                        share(cycles.translation(), cycles.total()),
                        share(software, cycles.total()),
                        most(cycles)));
        add(sentences, firstTouches(report));
        add(sentences, remedy(report, software));
        add(sentences, agreement(report));
        return String.join(" ", sentences);
    }

    private static void add(List<String> sentences, @Nullable String sentence) {
        if (sentence != null && !sentence.isEmpty()) {
            sentences.add(sentence);
        }
    }

    private static long sum(Map<String, Long> costs) {
        return costs.values().stream().mapToLong(Long::longValue).sum();
    }

    /// The largest of software's costs.
    private static String most(CycleReport cycles) {
        return cycles.software().entrySet().stream()
                .max(Map.Entry.comparingByValue())
                .map(cost ->
                        format(
                                ", most of it %s (%s of all)",
                                cost.getKey(), share(cost.getValue(), cycles.total())))
                .orElse("");
    }

    private static String firstTouches(VmReport report) {
        TranslationReport translation = report.translation();
        return new FirstTouches(
                        translation.cycles(),
                        translation.flagCycles(),
                        translation.coldCycles(),
                        report.cycles().total(),
                        translation.accesses() / report.manifest().options().vcpus(),
                        report.manifest().options().warmup())
                .text("this run");
    }

    /// Which of translation and software is worth doing something about, and what.
    private static @Nullable String remedy(VmReport report, long software) {
        CycleReport cycles = report.cycles();
        VmManifest.Options options = report.manifest().options();
        long larger = Math.max(cycles.translation(), software);
        if (larger < WORTH_ACTING_ON * cycles.total()) {
            return "Neither is worth tuning.";
        }
        if (software > cycles.translation()) {
            return format(
                    "So what the program does not do itself costs more than translating its"
                            + " addresses: %s and %s%s.",
                    counted(report.guest().pageFaults(), "page fault"),
                    counted(report.exits().stream().mapToLong(ExitReport::count).sum(), "exit"),
                    options.warmup() == 0
                            ? ", which --warmup leaves out if they are those of the first touches"
                            : "");
        }
        boolean small = options.guestPages().equals("4k");
        boolean smallHost = report.pages().hostLarge() != null && report.pages().hostLarge() == 0;
        if (small && smallHost) {
            return "Pages are small on both sides: large ones pay only if both have them"
                    + " (--guest-pages thp --backing 2M).";
        }
        return small ? "The guest's pages are small: try --guest-pages thp." : null;
    }

    /// Whether large pages of the guest have large pages under them.
    private static @Nullable String agreement(VmReport report) {
        PageReport pages = report.pages();
        Long both = pages.guestLargeOnLarge();
        if (pages.guestLarge() == 0 || both == null || both == pages.guestLarge()) {
            return null;
        }
        return format(
                "Of the guest's 2M pages, only %s lie on 2M pages of the host; the TLBs hold the"
                        + " others in pieces, by %,d splintered fills.",
                share(both, pages.guestLarge()), report.translation().splinteredFills());
    }
}
