package org.nestwalk.lab.labs.integrity;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.EnumMap;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.nestwalk.guest.kernel.image.attack.Attack;
import org.nestwalk.lab.guarded.GuardedGuest;
import org.nestwalk.lab.guarded.KernelWork;
import org.nestwalk.lab.labs.integrity.AttackTrials.Outcome;
import org.nestwalk.lab.labs.integrity.AttackTrials.Trial;
import org.nestwalk.machine.simulated.SimulatedMachine;
import org.nestwalk.mmu.model.ProcessorModel.SecondLevelFormat;

class AttackTrialsTest {
    @Test
    void table() {
        for (Guard guard : Guard.values()) {
            Map<Attack, Map<Outcome, Integer>> all = new EnumMap<>(Attack.class);
            try (SimulatedMachine machine = TrialGuests.machine(SecondLevelFormat.EPT_AD);
                    GuardedGuest guest = new GuardedGuest(machine, TrialGuests.LAYOUT, 1);
                    AttackTrials trials =
                            new AttackTrials(
                                    guest,
                                    guard,
                                    new KernelWork(guest.image(), TrialGuests.RATES, 3),
                                    TrialGuests.device(machine, guest.vm()),
                                    TrialGuests.PERIOD,
                                    5)) {
                for (Attack attack : Attack.values()) {
                    for (int i = 0; i < 20; i++) {
                        Trial trial = trials.attack(attack);
                        all.computeIfAbsent(attack, x -> new EnumMap<>(Outcome.class))
                                .merge(trial.outcome(), 1, Integer::sum);
                        if (i == 0) System.out.println(guard + " " + attack + " " + trial);
                    }
                }
            }
            System.out.println(guard + " " + all);
        }
        assertThat(1).isEqualTo(1);
    }
}
