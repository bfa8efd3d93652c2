package org.nestwalk.lab.labs.devices;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.Function;
import org.nestwalk.InputException;
import org.nestwalk.Quantities;
import org.nestwalk.bits.PageSize;
import org.nestwalk.document.Document;
import org.nestwalk.hypervisor.devices.DriverAccount;
import org.nestwalk.hypervisor.devices.DriverCosts;
import org.nestwalk.hypervisor.devices.MappingMode;
import org.nestwalk.hypervisor.devices.VirtualIommu;
import org.nestwalk.lab.devices.DeviceBench;
import org.nestwalk.lab.experiment.EndedEarly;
import org.nestwalk.lab.experiment.Experiment;
import org.nestwalk.lab.experiment.Laboratory;
import org.nestwalk.lab.labs.devices.DevicesResult.GuestIommu;
import org.nestwalk.lab.labs.devices.DevicesResult.Misses;
import org.nestwalk.lab.labs.devices.DevicesResult.Move;
import org.nestwalk.lab.labs.devices.DevicesResult.Throughput;
import org.nestwalk.lab.machines.Machines;
import org.nestwalk.lab.machines.Timing;
import org.nestwalk.lab.progress.Meter;
import org.nestwalk.mmu.model.ProcessorModel;
import org.nestwalk.parameter.Arguments;
import org.nestwalk.parameter.Domain;
import org.nestwalk.parameter.Parameter;

/// What protection from devices costs: a network card behind an IOMMU, whose driver protects memory
/// in several ways, calibrated by the published throughput of one of them.
public final class DevicesExperiment implements Experiment<DevicesResult> {
    /// The packets that strict protection is fitted with: an Ethernet frame's payload.
    static final int FITTED_PACKET = 1500;

    private static final String MODE = "mode";
    private static final String PACKET = "packet";
    private static final String PACKETS = "packets";
    private static final String LINE = "line";
    private static final String FREQUENCY = "frequency";
    private static final String PACKET_CYCLES = "packet-cycles";
    private static final String STRICT = "strict";
    private static final String RING = "ring";
    private static final String IOTLB = "iotlb";
    private static final String DEVICE_TLB = "device-tlb";
    private static final String SEED = "seed";

    /// Where the published figures were measured: 10 Gb/s, and 2.93 GHz.
    static final Rig PUBLISHED = new Rig(256, 64, 10, 2.93, 1_800);

    private static final int FITTING_PACKETS = 2_000;
    private static final long HOST = 128L << 20;

    private static final Spec SPEC =
            new Spec(
                    "devices",
                    "What protecting memory from devices costs, and what devices do to guests that"
                            + " move.",
                    "an IOMMU after VT-d whose caches have assumed sizes; a packet takes as long as"
                            + " the slower of line and processor; costs of the driver are of the"
                            + " order of those of rIOMMU (ASPLOS 2015), but for that of an"
                            + " invalidation, which is fitted",
                    null,
                    List.of(
                            Machines.parameter("skylake-sp"),
                            Parameter.of(
                                            MODE,
                                            "how memory is protected",
                                            new Domain.Choice(modes()),
                                            MappingMode.STRICT.label())
                                    .by(modes().toArray(String[]::new))
                                    .several(),
                            Parameter.of(
                                            PACKET,
                                            "bytes of a packet",
                                            new Domain.Size(64, 9000, 4),
                                            "1500")
                                    .by("256", "1500", "4096")
                                    .several(),
                            Parameter.count(
                                    PACKETS, "received in each case", 6_000, 100, 10_000_000),
                            Parameter.number(
                                    LINE, "of the card", PUBLISHED.gigabits, 0.1, 1000, "Gb/s"),
                            Parameter.number(
                                    FREQUENCY,
                                    "of the processor",
                                    PUBLISHED.frequency,
                                    0.1,
                                    10,
                                    "GHz"),
                            Parameter.count(
                                    PACKET_CYCLES,
                                    "cycles of a packet without protection",
                                    PUBLISHED.packetCycles,
                                    0,
                                    1_000_000),
                            Parameter.number(
                                    STRICT,
                                    "part of 10 Gb/s that strict protection is fitted to, with"
                                            + " packets of 1,500 bytes, at 2.93 GHz and 1,800"
                                            + " cycles a packet",
                                    0.43,
                                    0.01,
                                    1),
                            Parameter.of(
                                            RING,
                                            "descriptors; the first is used for throughput",
                                            new Domain.Count(8, 65_536),
                                            "256")
                                    .by("256", "32", "64", "128", "512")
                                    .several(),
                            Parameter.count(IOTLB, "entries of the unit's IOTLB", 64, 4, 4096),
                            Parameter.count(
                                    DEVICE_TLB, "entries of the device's own TLB", 256, 4, 65_536),
                            Parameter.seed("of what is written while a guest moves")));

    /// A card and the processor that drives it.
    ///
    /// @param ring descriptors
    /// @param iotlb entries of the unit's IOTLB
    /// @param gigabits of the line, a second
    /// @param frequency in GHz
    /// @param packetCycles of a packet beside its protection
    record Rig(int ring, int iotlb, double gigabits, double frequency, long packetCycles) {
        /// Cycles that the line takes for a packet.
        double lineCycles(int bytes) {
            return bytes * 8 / gigabits * frequency;
        }
    }

    private static List<String> modes() {
        return Arrays.stream(MappingMode.values()).map(MappingMode::label).toList();
    }

    @Override
    public Spec spec() {
        return SPEC;
    }

    @Override
    public DevicesResult run(Laboratory laboratory, Arguments given) {
        ProcessorModel model = Timing.blocking(given);
        DriverCosts costs = DriverCosts.ASSUMED.withInvalidation(fit(model, given));
        int packets = given.whole(PACKETS);
        Rig rig =
                new Rig(
                        (int) Quantities.count(given.texts(RING).getFirst(), RING),
                        given.whole(IOTLB),
                        given.number(LINE),
                        given.number(FREQUENCY),
                        given.count(PACKET_CYCLES));
        List<Function<Meter, Throughput>> cases = new ArrayList<>();
        for (String mode : given.texts(MODE)) {
            for (String packet : given.texts(PACKET)) {
                int bytes = (int) Quantities.size(packet, PACKET);
                cases.add(meter -> receive(model, modeOf(mode), costs, rig, bytes, packets, meter));
            }
        }
        List<Throughput> throughput = laboratory.inOrder((long) cases.size() * packets, cases);
        List<Function<Meter, GuestIommu>> ways = new ArrayList<>();
        for (VirtualIommu.Mode way : VirtualIommu.Mode.values()) {
            ways.add(meter ->
                    GuestRun.of(
                            model,
                            way,
                            costs,
                            given.number(LINE),
                            given.number(FREQUENCY),
                            given.count(PACKET_CYCLES),
                            FITTED_PACKET,
                            packets,
                            meter));
        }
        return new DevicesResult(
                model.name(),
                given.number(LINE),
                given.number(FREQUENCY),
                given.count(PACKET_CYCLES),
                given.number(STRICT),
                costs.invalidation(),
                throughput,
                later(laboratory, misses(model, given)),
                later(laboratory, ways),
                later(laboratory, moves(model, given)));
    }

    private static <T> List<T> later(Laboratory laboratory, List<Function<Meter, T>> parts) {
        if (laboratory.isEnded()) {
            return List.of();
        }
        try {
            return laboratory.inOrder(parts);
        } catch (EndedEarly nothing) {
            return List.of();
        }
    }

    private static MappingMode modeOf(String label) {
        return Arrays.stream(MappingMode.values())
                .filter(mode -> mode.label().equals(label))
                .findFirst()
                .orElseThrow();
    }

    /// The cycles of an invalidation with which strict protection has the share that is asked for,
    /// where the published figures were measured.
    ///
    /// @throws InputException if it has less without any
    private static int fit(ProcessorModel model, Arguments given) {
        Laboratory alone = Laboratory.unwatched();
        double without =
                receive(
                                model,
                                MappingMode.STRICT,
                                DriverCosts.ASSUMED.withInvalidation(0),
                                PUBLISHED,
                                FITTED_PACKET,
                                FITTING_PACKETS,
                                alone.meter(1))
                        .cycles();
        double line = PUBLISHED.lineCycles(FITTED_PACKET);
        double wanted = line / given.number(STRICT);
        if (wanted < without) {
            throw given.bad(
                    STRICT,
                    "without any invalidation strict protection has %.0f %% of the line's rate; ask for less"
                            .formatted(100 * line / without));
        }
        return (int) Math.round(wanted - without);
    }

    private static Throughput receive(
            ProcessorModel model,
            MappingMode mode,
            DriverCosts costs,
            Rig rig,
            int bytes,
            int packets,
            Meter meter) {
        long memory = HOST + (long) rig.ring * (bytes + 4096 << 3) + (4L << 20) - 1 & -(4L << 20);
        try (DeviceBench bench = new DeviceBench(model, memory, rig.iotlb, 0, costs)) {
            ReceiveRun run = new ReceiveRun(bench, mode, rig, bytes);
            DriverAccount before = bench.driver().account().copy();
            run.receive(packets, meter);
            Throughput result = run.result(mode, packets, before);
            run.end();
            return result;
        }
    }

    private static List<Function<Meter, Misses>> misses(ProcessorModel model, Arguments given) {
        List<Function<Meter, Misses>> parts = new ArrayList<>();
        List<Integer> rings =
                given.texts(RING).stream()
                        .map(text -> (int) Quantities.count(text, RING))
                        .sorted()
                        .toList();
        for (int ring : rings) {
            for (PageSize pages : List.of(PageSize.SIZE_4K, PageSize.SIZE_2M)) {
                for (int tlb : List.of(0, given.whole(DEVICE_TLB))) {
                    parts.add(meter -> MissRun.of(model, ring, pages, given.whole(IOTLB), tlb));
                }
            }
        }
        return parts;
    }

    private static List<Function<Meter, Move>> moves(ProcessorModel model, Arguments given) {
        List<Function<Meter, Move>> parts = new ArrayList<>();
        for (MovingGuest.Tracking tracking : MovingGuest.Tracking.values()) {
            parts.add(meter ->
                    MovingGuest.move(model, tracking, given.number(LINE), given.seed(SEED)));
        }
        return parts;
    }

    @Override
    public Document document(DevicesResult result) {
        return DevicesDocument.of(result);
    }
}
