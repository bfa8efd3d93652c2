package org.nestwalk.lab.labs.intrusion;

import java.util.ArrayList;
import java.util.List;
import org.nestwalk.guest.kernel.image.ImageLayout;
import org.nestwalk.hypervisor.intrusion.WriteSample;
import org.nestwalk.hypervisor.intrusion.WriteSensor;
import org.nestwalk.lab.experiment.EndedEarly;
import org.nestwalk.lab.guarded.GuardedGuest;
import org.nestwalk.lab.guarded.UserLoad;
import org.nestwalk.lab.labs.intrusion.IntrusionResult.Cost;
import org.nestwalk.lab.labs.intrusion.IntrusionResult.Rewrite;
import org.nestwalk.lab.progress.Meter;
import org.nestwalk.machine.Account;
import org.nestwalk.machine.DirtySource;
import org.nestwalk.machine.ExitReason;
import org.nestwalk.machine.simulated.SimulatedMachine;
import org.nestwalk.machine.simulated.SimulatedSettings;
import org.nestwalk.mmu.model.ProcessorModel;

/// What looking costs a guest that is busy all the time, by how often it is done, and what of
/// stores to pages that are dirty already is seen.
final class SensorCosts {
    private static final int QUANTUM = 2000;

    private final ProcessorModel model;
    private final ImageLayout layout;
    private final int quanta;
    private final long seed;

    SensorCosts(ProcessorModel model, ImageLayout layout, int quanta, long seed) {
        this.model = model;
        this.layout = layout;
        this.quanta = quanta;
        this.seed = seed;
    }

    /// A simulated machine for one guest.
    static SimulatedMachine machine(ProcessorModel model, ImageLayout layout) {
        long bytes = GuardedGuest.memory(layout);
        return new SimulatedMachine(
                SimulatedSettings.of(model, bytes + bytes / 8 + (8L << 20) & -(4L << 20)));
    }

    long untracked() {
        try (SimulatedMachine machine = machine(model, layout);
                GuardedGuest guest = new GuardedGuest(machine, layout, 1)) {
            UserLoad load = new UserLoad(guest, seed);
            load.run(4 * QUANTUM);
            long before = cycles(guest);
            for (int i = 0; i < quanta; i++) {
                load.run(QUANTUM);
            }
            return cycles(guest) - before;
        }
    }

    private long cycles(GuardedGuest guest) {
        return guest.cycles(model.costs().accessCycles());
    }

    /// The cost of one way, and what it sees.
    record Both(List<Cost> costs, List<Rewrite> rewrites) {}

    /// Looks every `period` by `source`.
    ///
    /// @param forget whether flags are cleared each time
    Both of(DirtySource source, boolean forget, long period, long untracked, Meter meter) {
        String way = forget ? source.label() : source.label() + ", kept";
        List<WriteSample> samples = new ArrayList<>();
        try (SimulatedMachine machine = machine(model, layout);
                GuardedGuest guest = new GuardedGuest(machine, layout, 1)) {
            UserLoad load = new UserLoad(guest, seed);
            load.run(4 * QUANTUM);
            Account account = guest.vm().cpus().getFirst().account();
            Account before = new Account();
            before.add(account);
            long cycles = cycles(guest);
            long spare = guest.image().sparePage(3);
            long stores = 0;
            long storing = 0;
            long all;
            try (WriteSensor sensor = new WriteSensor(guest.vm(), source, forget, _ -> {})) {
                long next = guest.now() + period;
                for (int i = 0; i < quanta; i++) {
                    load.run(QUANTUM);
                    long begin = cycles(guest);
                    guest.image().cpu().store(spare, i);
                    storing += cycles(guest) - begin;
                    stores++;
                    if (guest.now() >= next) {
                        next += period;
                        samples.add(guest.vm().exclusively(() -> sensor.collect(period)));
                    }
                    if (!meter.add(1)) {
                        throw new EndedEarly();
                    }
                }
                all = cycles(guest) - cycles - storing;
            }
            Account spent = account.since(before);
            long seen = samples.stream().filter(one -> one.pages().contains(spare)).count();
            return new Both(
                    List.of(
                            new Cost(
                                    way,
                                    period,
                                    spent.exits(ExitReason.WRITE_TRAP)
                                            + spent.exits(ExitReason.LOG_FULL),
                                    (double) all / untracked)),
                    List.of(new Rewrite(way, period, stores, seen, samples.size())));
        }
    }
}
