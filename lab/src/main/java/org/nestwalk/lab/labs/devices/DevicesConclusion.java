package org.nestwalk.lab.labs.devices;

import java.util.Optional;
import org.nestwalk.document.Conclusion;
import org.nestwalk.document.Condition;
import org.nestwalk.document.Figures;
import org.nestwalk.hypervisor.devices.MappingMode;
import org.nestwalk.lab.labs.devices.DevicesExperiment.Rig;
import org.nestwalk.lab.labs.devices.DevicesResult.GuestIommu;
import org.nestwalk.lab.labs.devices.DevicesResult.Misses;
import org.nestwalk.lab.labs.devices.DevicesResult.Move;
import org.nestwalk.lab.labs.devices.DevicesResult.Throughput;

/// What a run shows, and what it does not. Published figures are those of Amit et al., vIOMMU,
/// USENIX ATC 2011: of 10 Gb/s strict protection has 43 %, deferred 91 %, optimistic 100 %.
final class DevicesConclusion {
    private static final double DEFERRED_LEAST = 0.85;
    private static final double DEFERRED_MOST = 0.95;
    private static final double OPTIMISTIC_LEAST = 0.99;
    private static final double MOST_NANOS = 10e6;
    private static final double MOST_PAGES = 256;

    private final DevicesResult result;
    private final Conclusion conclusion = new Conclusion();

    private DevicesConclusion(DevicesResult result) {
        this.result = result;
    }

    static Conclusion of(DevicesResult result) {
        DevicesConclusion made = new DevicesConclusion(result);
        made.throughput();
        made.exposure();
        made.misses();
        made.guests();
        made.moves();
        return made.conclusion;
    }

    private Optional<Throughput> row(MappingMode mode) {
        return result.throughput().stream()
                .filter(row ->
                        row.mode().equals(mode.label())
                                && row.packet() == DevicesExperiment.FITTED_PACKET)
                .findFirst();
    }

    /// Whether what is published was measured on such a card and processor.
    private boolean isPublished() {
        Rig rig = DevicesExperiment.PUBLISHED;
        return result.gigabits() == rig.gigabits()
                && result.frequency() == rig.frequency()
                && result.packetCycles() == rig.packetCycles();
    }

    private void throughput() {
        if (!isPublished()) {
            row(MappingMode.STRICT)
                    .ifPresent(row ->
                            conclusion.say(
                                    "Here strict protection has %s of the line's rate; it was"
                                            + " fitted to %s of 10 Gb/s, where other ways are"
                                            + " published.",
                                    Figures.percent(row.share()),
                                    Figures.percent(result.strictShare())));
            return;
        }
        row(MappingMode.DEFERRED)
                .ifPresent(row ->
                        conclusion
                                .expect(
                                        "deferred-is-as-published",
                                        Condition.atLeast(
                                                "deferred share", row.share(), DEFERRED_LEAST),
                                        Condition.atMost(
                                                "deferred share",
                                                row.share(),
                                                "0.95",
                                                DEFERRED_MOST))
                                .say(
                                        "Fitted to strict protection alone, deferred comes out at"
                                            + " %s of the line's rate, where 91 %% are published.",
                                        "Deferred comes out at %s of the line's rate, and not near"
                                                + " the published 91 %%.",
                                        Figures.percent(row.share())));
        row(MappingMode.OPTIMISTIC)
                .ifPresent(row ->
                        conclusion
                                .expect(
                                        "optimistic-is-as-published",
                                        Condition.atLeast(
                                                "optimistic share", row.share(), OPTIMISTIC_LEAST))
                                .say(
                                        "Optimistic comes out at %s, where 100 %% are published.",
                                        "Optimistic comes out at %s, and not at the published 100"
                                                + " %%.",
                                        Figures.percent(row.share())));
    }

    private void exposure() {
        row(MappingMode.STRICT)
                .ifPresent(row ->
                        conclusion
                                .expect(
                                        "strict-exposes-nothing",
                                        Condition.alike(
                                                "page nanoseconds exposed by strict",
                                                (double) row.exposedPageNanos(),
                                                "none",
                                                0,
                                                0))
                                .say(
                                        "Strict exposes nothing.",
                                        "Strict exposes pages for %s in all.",
                                        Figures.time(row.exposedPageNanos())));
        row(MappingMode.DEFERRED)
                .ifPresent(row ->
                        conclusion
                                .expect(
                                        "deferred-exposes-within-its-bound",
                                        Condition.above(
                                                "page nanoseconds exposed by deferred",
                                                (double) row.exposedPageNanos(),
                                                "none",
                                                0,
                                                0),
                                        Condition.atMost(
                                                "longest",
                                                (double) row.longestNanos(),
                                                "10 ms",
                                                MOST_NANOS),
                                        Condition.atMost(
                                                "pages at once",
                                                (double) row.mostExposed(),
                                                "256",
                                                MOST_PAGES))
                                .say(
                                        "Deferred exposes up to %2$,d page{s} at once, none for"
                                                + " longer than %1$s.",
                                        "Deferred does not keep to its bound of 256 pages and 10"
                                            + " ms: up to %2$,d page{s} at once, and up to %1$s.",
                                        Figures.time(row.longestNanos()),
                                        row.mostExposed()));
    }

    private Optional<Misses> miss(String pages, boolean tlb, boolean largest) {
        return result.misses().stream()
                .filter(row -> row.pages().equals(pages) && row.deviceTlb() > 0 == tlb)
                .reduce((one, other) -> largest ? other : one);
    }

    private void misses() {
        Optional<Misses> small = miss("4K", false, true);
        Optional<Misses> large = miss("2M", false, true);
        if (small.isPresent() && large.isPresent()) {
            conclusion
                    .expect(
                            "large-pages-spare-walks",
                            Condition.below(
                                    "walks with 2M pages",
                                    large.get().walks(),
                                    "walks with 4K pages",
                                    small.get().walks(),
                                    0.1))
                    .say(
                            "A ring of %3$,d buffer{s} costs the unit %2$.2f walks a packet by 4K"
                                    + " pages, and %1$.2f by 2M pages.",
                            "Large pages spare the unit no walks: %1$.2f a packet by 2M pages, and"
                                    + " %2$.2f by 4K pages, with a ring of %3$,d buffer{s}.",
                            large.get().walks(),
                            small.get().walks(),
                            small.get().ring());
        }
        Optional<Misses> own = miss("4K", true, false);
        Optional<Misses> none = miss("4K", false, false);
        if (own.isPresent() && none.isPresent()) {
            conclusion
                    .expect(
                            "device-tlb-spares-requests",
                            Condition.below(
                                    "requests with a device TLB",
                                    own.get().requests(),
                                    "requests without",
                                    none.get().requests(),
                                    0.1))
                    .say(
                            "A TLB of the device's own leaves the unit %.2f requests a packet"
                                    + " instead of %.2f, with a ring of %,d.",
                            "A TLB of the device's own spares the unit nothing: %.2f requests a"
                                    + " packet, and %.2f without, with a ring of %,d.",
                            own.get().requests(),
                            none.get().requests(),
                            own.get().ring());
        }
    }

    private Optional<GuestIommu> guest(String way) {
        return result.guests().stream().filter(row -> row.way().equals(way)).findFirst();
    }

    private void guests() {
        Optional<GuestIommu> emulated = guest("emulated");
        Optional<GuestIommu> nested = guest("nested");
        if (emulated.isPresent() && nested.isPresent()) {
            conclusion
                    .expect(
                            "nested-halves-exits",
                            Condition.alike(
                                    "exits with nested translation, twice",
                                    2 * nested.get().exits(),
                                    "exits with emulation",
                                    emulated.get().exits(),
                                    0.01))
                    .say(
                            "A guest's own IOMMU takes %.0f exits a packet if it is emulated and"
                                    + " %.0f if translation is nested, which pins %s of its memory"
                                    + " instead of %s.",
                            "A guest's own IOMMU takes %.2f exits a packet if it is emulated and"
                                    + " %.2f if translation is nested; it pins %s and %s of its"
                                    + " memory then.",
                            emulated.get().exits(),
                            nested.get().exits(),
                            Figures.percent(nested.get().pinned()),
                            Figures.percent(emulated.get().pinned()));
        }
    }

    private Optional<Move> move(MovingGuest.Tracking tracking) {
        return result.moves().stream()
                .filter(row -> row.tracking().equals(tracking.label()))
                .findFirst();
    }

    private void moves() {
        Optional<Move> none = move(MovingGuest.Tracking.NONE);
        Optional<Move> iommu = move(MovingGuest.Tracking.IOMMU);
        Optional<Move> paused = move(MovingGuest.Tracking.PAUSED);
        none.ifPresent(row ->
                conclusion
                        .expect(
                                "writes-of-devices-are-lost-unseen",
                                Condition.above(
                                        "wrong pages without tracking of the device",
                                        (double) row.wrongPages(),
                                        "none",
                                        0,
                                        0))
                        .say(
                                "Processors do not see what the device writes: without more, %,d"
                                        + " page{s} of the target are wrong.",
                                "What the device writes unseen was lost in %,d page{s} of this"
                                        + " run.",
                                row.wrongPages()));
        if (iommu.isPresent() && paused.isPresent()) {
            conclusion
                    .expect(
                            "dirty-flags-of-the-iommu-find-them",
                            Condition.alike(
                                    "wrong pages with both ways",
                                    (double) (iommu.get().wrongPages() + paused.get().wrongPages()),
                                    "none",
                                    0,
                                    0),
                            Condition.below(
                                    "nanoseconds that the device stands with dirty flags",
                                    (double) iommu.get().pausedNanos(),
                                    "all the time",
                                    (double) paused.get().pausedNanos(),
                                    0))
                    .say(
                            "With the IOMMU's dirty flags all is right, and the device stands for"
                                    + " %s instead of %s.",
                            "With the IOMMU's dirty flags the device stands for %s, and for %s"
                                    + " otherwise; %,d page{s} are wrong.",
                            Figures.time(iommu.get().pausedNanos()),
                            Figures.time(paused.get().pausedNanos()),
                            iommu.get().wrongPages() + paused.get().wrongPages());
        }
    }
}
