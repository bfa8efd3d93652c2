package org.nestwalk.machine.simulated.shootdown;

import java.util.ArrayList;
import java.util.List;
import org.nestwalk.machine.Cost;
import org.nestwalk.machine.SoftwareCosts;
import org.nestwalk.machine.VirtualCpu;
import org.nestwalk.machine.invalidation.InvalidationSequence;
import org.nestwalk.machine.simulated.host.Ledger;

/// Makes all CPUs of a virtual machine forget what they have cached of ranges of its second level,
/// in three moments, and frees frames after the last (as the TLB flusher of Asterinas' OSTD,
/// `ostd/src/mm/tlb.rs`, does):
///
/// 1. *Issue*: a range is stale, a frame retired. Nobody has heard of it; what is issued until the
///    next moment goes out together.
/// 2. *Dispatch*: the CPU that is served forgets at once and interrupts all others.
/// 3. *Await*: all have forgotten, and retired frames are free. Not before: whoever were given one
///    would share it with a CPU that still translates to it.
///
/// Here CPUs stand between two accesses all the while, so that the last moment comes as soon as it
/// is asked for. Whoever interrupts pays for that, and whoever is interrupted for being so.
///
/// Used alone (see [org.nestwalk.machine.simulated.host.World]).
public final class Shootdown {
    private final VmCpus cpus;
    private final Ledger ledger;
    private final SoftwareCosts costs;
    private final List<Range> stale = new ArrayList<>();
    private final List<Range> sent = new ArrayList<>();
    private final List<TranslatingCpu> waitedFor = new ArrayList<>();
    private final List<Runnable> retired = new ArrayList<>();
    private final InvalidationSequence sequence = new InvalidationSequence();
    private int begun;

    private record Range(long gpa, long bytes) {}

    /// Nothing is issued yet.
    public Shootdown(VmCpus cpus, Ledger ledger, SoftwareCosts costs) {
        this.cpus = cpus;
        this.ledger = ledger;
        this.costs = costs;
    }

    /// What tells those who have looked a page up before, and map it after.
    public InvalidationSequence sequence() {
        return sequence;
    }

    /// Translations of a range are stale.
    public void issue(long gpa, long bytes) {
        sequence.begin(gpa, bytes);
        begun++;
        stale.add(new Range(gpa, bytes));
    }

    /// What backed a page, or was a table, is to be given back by `free`, once nobody has it
    /// cached.
    public void retire(Runnable free) {
        retired.add(free);
    }

    /// Sends what has been issued to all CPUs.
    ///
    /// @throws IllegalStateException if the last has not been [awaited][#await]
    public void dispatch() {
        if (!waitedFor.isEmpty()) {
            throw new IllegalStateException("CPUs have not answered the last shootdown");
        }
        sent.addAll(stale);
        stale.clear();
        VirtualCpu served = ledger.served();
        for (TranslatingCpu cpu : cpus.all()) {
            if (cpu.equals(served)) {
                forget(cpu);
            } else {
                ledger.charge(Cost.HOST_SHOOTDOWN, costs.interrupt());
                waitedFor.add(cpu);
            }
        }
    }

    /// Waits until all CPUs have forgotten what was sent, and gives back what is retired.
    ///
    /// @throws IllegalStateException if something has not been [dispatched][#dispatch]
    public void await() {
        if (!stale.isEmpty()) {
            throw new IllegalStateException("stale translations have not been sent to CPUs");
        }
        for (TranslatingCpu cpu : waitedFor) {
            forget(cpu);
            cpu.account().spend(Cost.HOST_SHOOTDOWN, costs.interrupted());
        }
        waitedFor.clear();
        sent.clear();
        retired.forEach(Runnable::run);
        retired.clear();
        for (; begun > 0; begun--) {
            sequence.end();
        }
    }

    /// All three moments at once.
    public void flush(long gpa, long bytes) {
        issue(gpa, bytes);
        dispatch();
        await();
    }

    private void forget(TranslatingCpu cpu) {
        for (Range range : sent) {
            cpu.secondLevelChanged(range.gpa, range.bytes);
        }
    }
}
