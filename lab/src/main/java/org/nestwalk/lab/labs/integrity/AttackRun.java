package org.nestwalk.lab.labs.integrity;

import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.nestwalk.guest.kernel.image.ImageLayout;
import org.nestwalk.guest.kernel.image.attack.Attack;
import org.nestwalk.lab.experiment.EndedEarly;
import org.nestwalk.lab.guarded.GuardedGuest;
import org.nestwalk.lab.guarded.KernelWork;
import org.nestwalk.lab.labs.integrity.AttackTrials.Outcome;
import org.nestwalk.lab.labs.integrity.AttackTrials.Trial;
import org.nestwalk.lab.labs.integrity.IntegrityResult.Cell;
import org.nestwalk.lab.progress.Meter;
import org.nestwalk.machine.Machine;

/// All attacks on one guard.
final class AttackRun {
    private static final KernelWork.Rates RATES = new KernelWork.Rates(2, 4, 0.5, 0.3, 0.02, 0.01);

    private final GuardGround ground;
    private final ImageLayout layout;
    private final long period;
    private final int attacks;
    private final long seed;

    AttackRun(GuardGround ground, ImageLayout layout, long period, int attacks, long seed) {
        this.ground = ground;
        this.layout = layout;
        this.period = period;
        this.attacks = attacks;
        this.seed = seed;
    }

    long work() {
        return (long) attacks * ground.attacks().size();
    }

    List<Cell> cells(Guard guard, Meter meter) {
        List<Cell> cells = new ArrayList<>();
        try (Machine machine = ground.machine(layout);
                GuardedGuest guest = new GuardedGuest(machine, layout, 1);
                AttackTrials trials =
                        new AttackTrials(
                                guest,
                                guard,
                                new KernelWork(guest.image(), RATES, seed),
                                GuardGround.device(machine, guest.vm()),
                                period,
                                seed + 1)) {
            for (Attack attack : ground.attacks()) {
                cells.add(cell(trials, attack, guard, meter));
            }
        }
        return cells;
    }

    private Cell cell(AttackTrials trials, Attack attack, Guard guard, Meter meter) {
        Map<Outcome, Integer> outcomes = new EnumMap<>(Outcome.class);
        List<Long> delays = new ArrayList<>();
        for (int i = 0; i < attacks; i++) {
            Trial trial = trials.attack(attack);
            outcomes.merge(trial.outcome(), 1, Integer::sum);
            if (trial.outcome() == Outcome.DETECTED) {
                delays.add(trial.delay());
            }
            if (!meter.add(1)) {
                throw new EndedEarly();
            }
        }
        delays.sort(null);
        int missed = outcomes.getOrDefault(Outcome.MISSED, 0);
        return new Cell(
                attack.label(),
                guard.label(),
                outcomes.getOrDefault(Outcome.PREVENTED, 0),
                outcomes.getOrDefault(Outcome.DETECTED, 0),
                missed,
                outcomes.getOrDefault(Outcome.REFUSED, 0),
                quantile(delays, 0.5),
                quantile(delays, 0.95),
                quantile(delays, 1),
                missed == 0 ? null : why(attack, guard));
    }

    private static @Nullable Long quantile(List<Long> sorted, double part) {
        return sorted.isEmpty() ? null : sorted.get((int) Math.ceil(part * sorted.size()) - 1);
    }

    private static String why(Attack attack, Guard guard) {
        if (guard == Guard.NONE) {
            return "nobody looks";
        }
        return switch (attack) {
            case REMAP -> "no frame of code is written";
            case RETURN_ADDRESS -> "data may hold anything";
            case DEVICE -> "no processor writes";
            default -> "put right before anybody looked";
        };
    }
}
