package org.nestwalk.lab.channel;

import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import org.nestwalk.lab.channel.defence.CoarseTimer;
import org.nestwalk.lab.channel.defence.Defence;
import org.nestwalk.lab.channel.defence.DitheredTimer;
import org.nestwalk.lab.channel.defence.FlushAtSwitches;
import org.nestwalk.lab.channel.defence.NoDefence;
import org.nestwalk.lab.channel.defence.NormalDelay;
import org.nestwalk.lab.channel.defence.PadToWorst;
import org.nestwalk.lab.channel.defence.ProgramCosts;
import org.nestwalk.lab.channel.defence.SmallPagesOnly;
import org.nestwalk.lab.channel.defence.UniformDelay;
import org.nestwalk.lab.progress.Meter;
import org.nestwalk.lab.progress.ProgressListener;
import org.nestwalk.mmu.model.MachineModel;

/// What the time of page walks gives away, and what defences leave of it at what cost.
public final class ChannelStory {
    /// What every figure stands on, beside the machine.
    public static final String MODEL =
            "timing channel: a measurement is the simulated latency of one access that misses the"
                + " TLB, what a defence adds to it, and normal noise; latencies are drawn"
                + " independently of each other; the worst case of a walk is all its references and"
                + " the data from memory; victims are switched 1,000 times a second (assumption)";

    private static final double CURVE_RATIO = 25;
    private static final double SINGLE_RATIO = 2;
    private static final int TRIALS = 60_000;
    // About what a threat model or a defence takes, and the averaging attacks as many times that.
    private static final long PROBES = 1_000_000;
    private static final int ATTACKS = 6;

    /// All that came of it.
    ///
    /// @param options how; noise, delays and timer in cycles
    /// @param single what single measurements tell, by threat model and secret
    /// @param skipped what they tell of the levels that a walk skipped
    /// @param curveRatio noise over difference of the means in `curve`
    /// @param curve the averaging attacker's error against prediction
    /// @param doubling samples for 1 % when noise doubles
    /// @param defences what is left, and at what cost
    public record Result(
            ChannelOptions options,
            List<SingleMeasurement> single,
            List<SkippedLevels> skipped,
            double curveRatio,
            List<AveragingAttack.Point> curve,
            AveragingAttack.Doubling doubling,
            List<DefenceRow> defences) {}

    private ChannelStory() {}

    /// Tells it.
    ///
    /// @throws org.nestwalk.InputException if a program cannot be found, or the machine's TLBs hold
    ///   all of the victim
    public static Result run(
            MachineModel model, ChannelOptions options, ProgressListener progress) {
        int threats = ThreatModel.values().length;
        List<Defence> defences = defences(model, options);
        Meter meter = new Meter(progress, 1);
        meter.begin(
                3 * options.accesses() * options.programs().size()
                        + PROBES * (threats + defences.size() + ATTACKS));
        ProgramRuns runs = new ProgramRuns(model, options.accesses(), options.seed());
        List<ProgramCosts> costs = new ArrayList<>();
        for (String program : options.programs()) {
            costs.add(runs.of(program));
            meter.add(3 * options.accesses());
        }
        Map<ThreatModel, SimulatedLatencies> sources = new EnumMap<>(ThreatModel.class);
        List<SingleMeasurement> single = new ArrayList<>();
        List<SkippedLevels> skipped = new ArrayList<>();
        for (ThreatModel threat : ThreatModel.values()) {
            SimulatedLatencies source = new SimulatedLatencies(model, threat, options.seed());
            sources.put(threat, source);
            for (Secret secret : Secret.values()) {
                single.add(
                        SingleMeasurement.of(
                                threat, secret, source, options.noise(), options.seed()));
            }
            skipped.addAll(SkippedLevels.of(threat, source, options.noise(), options.seed()));
            meter.add(PROBES);
        }
        List<DefenceRow> rows = new ArrayList<>();
        for (Defence defence : defences) {
            rows.add(DefenceRow.of(defence, sources, costs, options.noise(), options.seed()));
            meter.add(PROBES);
        }
        SimulatedLatencies cold =
                new SimulatedLatencies(model, ThreatModel.HYPERVISOR, options.seed());
        AveragingAttack attack = AveragingAttack.on(cold, options.seed());
        List<AveragingAttack.Point> curve = attack.curve(CURVE_RATIO);
        meter.add(PROBES);
        AveragingAttack.Doubling doubling = attack.doubling(SINGLE_RATIO, TRIALS);
        meter.add((ATTACKS - 1) * PROBES);
        return new Result(
                options,
                List.copyOf(single),
                List.copyOf(skipped),
                CURVE_RATIO,
                curve,
                doubling,
                List.copyOf(rows));
    }

    private static List<Defence> defences(MachineModel model, ChannelOptions options) {
        return List.of(
                new NoDefence(),
                new UniformDelay(options.delay()),
                new UniformDelay(2 * options.delay()),
                new NormalDelay(options.delay()),
                new NormalDelay(2 * options.delay()),
                new PadToWorst(WorstCase.cycles(model)),
                new FlushAtSwitches(),
                new SmallPagesOnly(),
                new CoarseTimer(options.timer()),
                new DitheredTimer(options.timer()));
    }
}
