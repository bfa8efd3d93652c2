package org.nestwalk.lab.labs.integrity;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicLong;
import org.nestwalk.guest.kernel.image.ImageLayout;
import org.nestwalk.hypervisor.monitor.CodeMonitor;
import org.nestwalk.lab.experiment.EndedEarly;
import org.nestwalk.lab.experiment.Laboratory;
import org.nestwalk.lab.guarded.GuardedGuest;
import org.nestwalk.lab.guarded.KernelWork;
import org.nestwalk.lab.guarded.KernelWork.Rates;
import org.nestwalk.lab.guarded.UserLoad;
import org.nestwalk.lab.labs.integrity.IntegrityResult.Cost;
import org.nestwalk.lab.labs.integrity.IntegrityResult.Writes;
import org.nestwalk.lab.progress.Meter;
import org.nestwalk.machine.Account;
import org.nestwalk.machine.ExitReason;
import org.nestwalk.machine.Machine;

/// Guests that nobody attacks, under every guard: the same work each time.
final class CostRun {
    static final String QUIET = "quiet";
    static final String PATCHING = "patching";

    /// Accesses of the program in a quantum.
    private static final int ACCESSES = 2000;

    /// About what one takes on the simulated machine.
    private static final double QUANTUM = 40_000;

    private static final int PERIODS = 4;
    private static final int MIXED_PAGES = 32;

    private final GuardGround ground;
    private final ImageLayout layout;
    private final long period;
    private final int quanta;
    private final long seed;

    CostRun(GuardGround ground, ImageLayout layout, long period, int quanta, long seed) {
        this.ground = ground;
        this.layout = layout;
        this.period = period;
        this.quanta = quanta;
        this.seed = seed;
    }

    /// A guest that does so much of each in a quantum.
    record Kind(String name, Rates rates) {}

    /// How long a quantum takes without a guard, in ns; on KVM, where that depends on who else uses
    /// the host, what it is taken to.
    double quantum() {
        if (!ground.isSimulated()) {
            return QUANTUM;
        }
        try (Machine machine = ground.machine(layout);
                GuardedGuest guest = new GuardedGuest(machine, layout, 1)) {
            UserLoad program = new UserLoad(guest, seed);
            program.run(10 * ACCESSES);
            long before = guest.now();
            program.run(10 * ACCESSES);
            return (guest.now() - before) / 10.0;
        }
    }

    /// What all guards cost a guest.
    List<Cost> costs(Kind kind, Meter meter) {
        List<Cost> rows = new ArrayList<>();
        if (!ground.isSimulated()) {
            // Whoever is measured first is slow: nobody.
            Cost _ = cost(kind, Guard.NONE, 0, Laboratory.unwatched().meter(quanta));
        }
        long base = 0;
        for (Guard guard : ground.guards()) {
            Cost row = cost(kind, guard, base, meter);
            rows.add(row);
            base = base == 0 ? row.spent() : base;
        }
        return rows;
    }

    private Cost cost(Kind kind, Guard guard, long base, Meter meter) {
        try (Machine machine = ground.machine(layout);
                GuardedGuest guest = new GuardedGuest(machine, layout, 1)) {
            return cost(guest, kind, guard, base, meter);
        }
    }

    private Cost cost(GuardedGuest guest, Kind kind, Guard guard, long base, Meter meter) {
        KernelWork work = new KernelWork(guest.image(), kind.rates, seed);
        UserLoad program = new UserLoad(guest, seed);
        program.run(4 * ACCESSES);
        AtomicLong alarms = new AtomicLong();
        Optional<CodeMonitor> monitor = guard.start(guest, _ -> alarms.incrementAndGet());
        Account account = guest.vm().cpus().getFirst().account();
        Account before = new Account();
        before.add(account);
        long cycles = ground.spent(guest);
        long next = guest.now() + period;
        for (int i = 0; i < quanta; i++) {
            program.run(ACCESSES);
            work.quantum();
            if (guest.now() >= next) {
                monitor.ifPresent(one -> guest.vm().exclusively(one::tick));
                next += period;
            }
            if (!meter.add(1)) {
                throw new EndedEarly();
            }
        }
        Account spent = account.since(before);
        long all = ground.spent(guest) - cycles;
        monitor.ifPresent(CodeMonitor::close);
        return new Cost(
                kind.name,
                guard.label(),
                work.patches(),
                work.loads(),
                alarms.get(),
                spent.exits(ExitReason.WRITE_TRAP),
                spent.exits(ExitReason.LOG_FULL),
                ground.isSimulated() ? all : null,
                ground.isSimulated() ? null : all,
                base == 0 ? 1 : (double) all / base);
    }

    /// What guards take for mixed pages whose data are written so often in a period.
    List<Writes> writes(int often, List<Guard> guards, Meter meter) {
        List<Writes> rows = new ArrayList<>();
        long base = mixed(often, Guard.NONE);
        for (Guard guard : guards) {
            double more = mixed(often, guard) - base;
            rows.add(new Writes(often, guard.label(), more / MIXED_PAGES / PERIODS));
            if (!meter.add(1)) {
                throw new EndedEarly();
            }
        }
        return rows;
    }

    private long mixed(int often, Guard guard) {
        ImageLayout some = new ImageLayout(8, MIXED_PAGES, 1, 2, 1, 1, 1, seed);
        try (Machine machine = ground.machine(some);
                GuardedGuest guest = new GuardedGuest(machine, some, 1)) {
            Optional<CodeMonitor> monitor = guard.start(guest, _ -> {});
            monitor.ifPresent(one -> guest.vm().exclusively(one::tick));
            long before = ground.spent(guest);
            for (int i = 0; i < PERIODS; i++) {
                for (int write = 0; write < often; write++) {
                    for (int page = 0; page < MIXED_PAGES; page++) {
                        guest.image().storeMixed(page, (write * 37 + page) % 256, write);
                    }
                }
                monitor.ifPresent(one -> guest.vm().exclusively(one::tick));
            }
            long spent = ground.spent(guest) - before;
            monitor.ifPresent(CodeMonitor::close);
            return spent;
        }
    }
}
