package org.nestwalk.lab.labs.integrity;

import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.nestwalk.guest.kernel.image.attack.Attack;
import org.nestwalk.guest.kernel.image.attack.DeviceMemory;
import org.nestwalk.guest.kernel.image.attack.Intruder;
import org.nestwalk.guest.kernel.image.attack.KernelAttack;
import org.nestwalk.hypervisor.monitor.Alarm;
import org.nestwalk.hypervisor.monitor.CodeMonitor;
import org.nestwalk.lab.guarded.GuardedGuest;
import org.nestwalk.lab.guarded.KernelWork;
import org.nestwalk.machine.GuestFailure;
import org.nestwalk.machine.UnhandledExit;
import org.nestwalk.random.Xoshiro256;

/// Attacks on one guest under one guard, each at a random moment of the guard's period and undone
/// before the next.
final class AttackTrials implements AutoCloseable {
    /// Steps of a period in which the guest does its work.
    private static final int STEPS = 16;

    /// Periods after which whoever has not found an attack will not.
    private static final int PATIENCE = 3;

    private final GuardedGuest guest;
    private final KernelWork work;
    private final DeviceMemory device;
    private final long period;
    private final Xoshiro256 random;
    private final Optional<CodeMonitor> monitor;
    private long nextTick;
    private long alarms;
    private @Nullable Alarm first;
    private long alarmTime;

    /// What came of an attack.
    enum Outcome {
        /// It did not come to what it was for.
        PREVENTED,
        /// It was found, after it had.
        DETECTED,
        /// It was not.
        MISSED,
        /// The guest's own tables refused it.
        REFUSED
    }

    /// What came of an attack, and when.
    ///
    /// @param delay until an alarm, in ns; 0 if there was none
    /// @param alarm the first; null if there was none
    record Trial(Outcome outcome, long delay, @Nullable Alarm alarm) {}

    /// @param work that the guest does in a step, a sixteenth of a `period` of the guard's, in ns
    /// @param device the attacker's
    AttackTrials(
            GuardedGuest guest,
            Guard guard,
            KernelWork work,
            DeviceMemory device,
            long period,
            long seed) {
        this.guest = guest;
        this.work = work;
        this.device = device;
        this.period = period;
        this.random = new Xoshiro256(seed);
        this.monitor = guard.start(guest, this::alarm);
        this.nextTick = guest.now() + period;
    }

    private void alarm(Alarm alarm) {
        alarms++;
        if (first == null) {
            first = alarm;
            alarmTime = guest.now();
        }
    }

    /// All alarms so far, at attacks and between them.
    long alarms() {
        return alarms;
    }

    /// Lets the guest do its work for a part of a step.
    void pass(long nanoseconds) {
        long end = guest.now() + nanoseconds;
        while (nextTick <= end) {
            guest.idle(Math.max(0, nextTick - guest.now()));
            tick();
            nextTick += period;
        }
        guest.idle(Math.max(0, end - guest.now()));
    }

    private void tick() {
        monitor.ifPresent(one -> guest.vm().exclusively(one::tick));
    }

    private void step() {
        work.quantum();
        pass(period / STEPS);
    }

    /// Attacks once.
    Trial attack(Attack attack) {
        return attack(attack.deed());
    }

    /// Attacks once, with whatever it is.
    Trial attack(KernelAttack attack) {
        step();
        pass(random.nextBelow(period));
        first = null;
        Intruder intruder = new Intruder(guest.image(), random, device);
        boolean refused = false;
        long begun = guest.now();
        try {
            attack.run(intruder);
        } catch (UnhandledExit prevented) {
            refused = first == null;
        } catch (GuestFailure failure) {
            refused = true;
        }
        boolean succeeded = intruder.hasSucceeded();
        for (int i = 0; i < PATIENCE * STEPS && first == null && succeeded; i++) {
            step();
        }
        Alarm alarm = first;
        intruder.undo(guest.vm().memory());
        tick();
        if (alarm == null) {
            return new Trial(refused ? Outcome.REFUSED : Outcome.MISSED, 0, null);
        }
        Outcome outcome = succeeded ? Outcome.DETECTED : Outcome.PREVENTED;
        return new Trial(outcome, Math.max(0, alarmTime - begun), alarm);
    }

    @Override
    public void close() {
        monitor.ifPresent(CodeMonitor::close);
    }
}
