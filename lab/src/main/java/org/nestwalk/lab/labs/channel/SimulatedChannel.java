package org.nestwalk.lab.labs.channel;

import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.nestwalk.lab.experiment.EndedEarly;
import org.nestwalk.lab.experiment.Laboratory;
import org.nestwalk.lab.labs.channel.defence.CoarseTimer;
import org.nestwalk.lab.labs.channel.defence.Defence;
import org.nestwalk.lab.labs.channel.defence.DitheredTimer;
import org.nestwalk.lab.labs.channel.defence.FlushAtSwitches;
import org.nestwalk.lab.labs.channel.defence.NoDefence;
import org.nestwalk.lab.labs.channel.defence.NormalDelay;
import org.nestwalk.lab.labs.channel.defence.PadToWorst;
import org.nestwalk.lab.labs.channel.defence.ProgramCosts;
import org.nestwalk.lab.labs.channel.defence.SmallPagesOnly;
import org.nestwalk.lab.labs.channel.defence.UniformDelay;
import org.nestwalk.lab.progress.Meter;
import org.nestwalk.mmu.model.ProcessorModel;

/// What the time of simulated walks gives away: what programs cost, attacks, and defences.
final class SimulatedChannel {
    /// What every figure stands on, beside the machine.
    static final String MODEL =
            "a measurement is the simulated latency of one access that misses the TLB, what a"
                + " defence adds to it, and normal noise; latencies are drawn independently of each"
                + " other; the worst case of a walk is all its references and the data from memory;"
                + " victims are switched 1,000 times a second (assumption)";

    private static final double CURVE_RATIO = 25;
    private static final double SINGLE_RATIO = 2;
    private static final int TRIALS = 60_000;
    // About what a threat model or a defence takes, and the averaging attacks as many times that.
    private static final long PROBES = 1_000_000;
    private static final int ATTACKS = 6;

    private final Laboratory laboratory;
    private final ProcessorModel model;
    private final ChannelOptions options;
    private final Meter meter;
    private final List<Defence> defences;
    private final Map<ThreatModel, SimulatedLatencies> sources = new EnumMap<>(ThreatModel.class);
    private final List<SingleMeasurement> single = new ArrayList<>();
    private final List<SkippedLevels> skipped = new ArrayList<>();
    private final List<DefenceRow> rows = new ArrayList<>();
    private List<AveragingAttack.Point> curve = List.of();
    private @Nullable Doubling doubling;

    private SimulatedChannel(Laboratory laboratory, ProcessorModel model, ChannelOptions options) {
        this.laboratory = laboratory;
        this.model = model;
        this.options = options;
        defences = defences(model, options);
        meter = laboratory.meter(1);
        meter.begin(
                3 * options.accesses() * options.programs().size()
                        + PROBES * (ThreatModel.values().length + defences.size() + ATTACKS));
    }

    /// Studies it; if the work is ended, as far as it is finished.
    ///
    /// @throws org.nestwalk.InputException if a program cannot be found, or the machine's TLBs hold
    ///   all of the victim
    /// @throws EndedEarly if nothing is finished
    static SimulatedResult run(
            Laboratory laboratory, ProcessorModel model, ChannelOptions options) {
        return new SimulatedChannel(laboratory, model, options).run();
    }

    private SimulatedResult run() {
        List<ProgramCosts> costs = costs();
        untilEnded(ThreatModel.values(), this::attack);
        untilEnded(
                defences.toArray(Defence[]::new),
                defence ->
                        rows.add(
                                DefenceRow.of(
                                        defence, sources, costs, options.noise(), options.seed())));
        average();
        if (single.isEmpty()) {
            throw new EndedEarly();
        }
        return new SimulatedResult(
                model.name(), options, single, skipped, CURVE_RATIO, curve, doubling, rows);
    }

    private List<ProgramCosts> costs() {
        ProgramRuns runs = new ProgramRuns(model, options.accesses(), options.seed(), meter);
        return options.programs().stream()
                .takeWhile(program -> !laboratory.isEnded())
                .map(runs::of)
                .toList();
    }

    private <T> void untilEnded(T[] parts, Consumer<T> part) {
        for (T one : parts) {
            if (!laboratory.isEnded()) {
                part.accept(one);
                meter.add(PROBES);
            }
        }
    }

    private void attack(ThreatModel threat) {
        SimulatedLatencies source = new SimulatedLatencies(model, threat, options.seed());
        sources.put(threat, source);
        for (Secret secret : Secret.values()) {
            single.add(
                    SingleMeasurement.of(threat, secret, source, options.noise(), options.seed()));
        }
        skipped.addAll(SkippedLevels.of(threat, source, options.noise(), options.seed()));
    }

    private void average() {
        if (laboratory.isEnded()) {
            return;
        }
        SimulatedLatencies cold =
                new SimulatedLatencies(model, ThreatModel.HYPERVISOR, options.seed());
        AveragingAttack attack = AveragingAttack.on(cold, options.seed());
        curve = attack.curve(CURVE_RATIO);
        if (meter.add(PROBES)) {
            doubling = attack.doubling(SINGLE_RATIO, TRIALS);
            meter.add((ATTACKS - 1) * PROBES);
        }
    }

    private static List<Defence> defences(ProcessorModel model, ChannelOptions options) {
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
