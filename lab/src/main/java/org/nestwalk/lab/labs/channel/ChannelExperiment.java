package org.nestwalk.lab.labs.channel;

import java.util.List;
import org.nestwalk.document.Document;
import org.nestwalk.document.Figures;
import org.nestwalk.kvm.doctor.Host;
import org.nestwalk.kvm.measure.Loads.Place;
import org.nestwalk.lab.calibrate.CalibrationOptions;
import org.nestwalk.lab.compare.Workloads;
import org.nestwalk.lab.experiment.Experiment;
import org.nestwalk.lab.experiment.Laboratory;
import org.nestwalk.lab.labs.channel.measured.MeasuredChannel;
import org.nestwalk.lab.labs.channel.measured.MeasuredOptions;
import org.nestwalk.lab.labs.channel.measured.MeasuredResult;
import org.nestwalk.lab.machines.Machines;
import org.nestwalk.lab.machines.Timing;
import org.nestwalk.lab.vm.VmRun;
import org.nestwalk.parameter.Arguments;
import org.nestwalk.parameter.Parameter;

/// What the time of page walks gives away of a victim's mappings: simulated, with what defences
/// leave of it at what cost, or measured on this host.
public final class ChannelExperiment implements Experiment<ChannelResult> {
    private static final String PLACE = "on";
    private static final String SIMULATED = "sim";
    private static final String NATIVE = "host";
    private static final String GUEST = "kvm";
    private static final String ACCESSES = "accesses";
    private static final String NOISE = "noise";
    private static final String DELAY = "delay";
    private static final String TIMER = "timer";
    private static final String FOOTPRINT = "footprint";
    private static final String BURST = "burst";
    private static final String SEED = "seed";
    private static final int MOST_PROGRAMS = 8;

    private static final Spec SPEC =
            new Spec(
                    "timing-channel",
                    "What the time of page walks gives away of a victim's mappings, and what"
                            + " defences leave of it at what cost.",
                    "simulated: "
                            + VmRun.BLOCKING_MODEL
                            + "; "
                            + SimulatedChannel.MODEL
                            + "; measured: "
                            + MeasuredChannel.MODEL,
                    Workloads.programsAndTraces(
                                    "on which defences are charged",
                                    "gups:footprint=4GiB",
                                    "btree:footprint=4GiB",
                                    "xsbench:footprint=4GiB")
                            .onlyWith(PLACE, SIMULATED),
                    List.of(
                            Parameter.choice(
                                    PLACE,
                                    "time the simulated machine, this host natively, or a guest of"
                                            + " its KVM",
                                    SIMULATED,
                                    NATIVE,
                                    GUEST),
                            Parameter.count(
                                            ACCESSES,
                                            "of each program, at most",
                                            300_000,
                                            1_000,
                                            100_000_000)
                                    .onlyWith(PLACE, SIMULATED),
                            cycles(NOISE, "standard deviation of a measurement", 1_000),
                            cycles(
                                    DELAY,
                                    "standard deviation of random delays, also tried twice as"
                                            + " large",
                                    1_000),
                            cycles(TIMER, "resolution of the coarse timer", 10_000),
                            Machines.parameter("skylake-sp").onlyWith(PLACE, SIMULATED),
                            Parameter.multiple(
                                            FOOTPRINT,
                                            "bytes of each mapping, a quarter of the available"
                                                    + " memory at most",
                                            512L << 20,
                                            2L << 20,
                                            4L << 20,
                                            64L << 30)
                                    .onlyWith(PLACE, NATIVE, GUEST),
                            Parameter.count(BURST, "loads of the longest burst", 2_000, 1, 100_000)
                                    .onlyWith(PLACE, NATIVE, GUEST),
                            Parameter.seed("of everything random")));

    private static Parameter cycles(String name, String meaning, double usual) {
        return Parameter.number(name, meaning, usual, 1, 1e6, "cycles").onlyWith(PLACE, SIMULATED);
    }

    @Override
    public Spec spec() {
        return SPEC;
    }

    @Override
    public ChannelResult run(Laboratory laboratory, Arguments given) {
        return given.text(PLACE).equals(SIMULATED)
                ? new ChannelResult(simulate(laboratory, given), null)
                : new ChannelResult(null, measure(laboratory, given));
    }

    private static SimulatedResult simulate(Laboratory laboratory, Arguments given) {
        List<String> programs = given.texts(Workloads.PROGRAM);
        if (programs.size() > MOST_PROGRAMS) {
            throw given.bad(
                    Workloads.PROGRAM,
                    "%d are given; use 1 to %d".formatted(programs.size(), MOST_PROGRAMS));
        }
        return SimulatedChannel.run(
                laboratory,
                Timing.blocking(given),
                new ChannelOptions(
                        programs,
                        given.count(ACCESSES),
                        given.number(NOISE),
                        given.number(DELAY),
                        given.number(TIMER),
                        given.seed(SEED)));
    }

    private static MeasuredResult measure(Laboratory laboratory, Arguments given) {
        Host host = Host.running();
        long room = CalibrationOptions.roomFor(host.memory("MemAvailable"));
        if (given.size(FOOTPRINT) > room) {
            throw given.bad(
                    FOOTPRINT,
                    "%s is more than %s, a quarter of the available memory"
                            .formatted(given.text(FOOTPRINT), Figures.bytes(room)));
        }
        return MeasuredChannel.run(
                host,
                new MeasuredOptions(
                        given.text(PLACE).equals(GUEST) ? Place.GUEST : Place.NATIVE,
                        given.size(FOOTPRINT),
                        given.whole(BURST),
                        given.seed(SEED)),
                laboratory.progress());
    }

    @Override
    public Document document(ChannelResult result) {
        Document document = new Document();
        SimulatedResult simulated = result.simulated();
        if (simulated != null) {
            document.append(ChannelDocument.of(simulated));
        }
        MeasuredResult measured = result.measured();
        if (measured != null) {
            document.append(MeasuredDocument.of(measured));
        }
        return document;
    }
}
