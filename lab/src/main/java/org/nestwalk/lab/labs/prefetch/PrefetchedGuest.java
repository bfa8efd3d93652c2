package org.nestwalk.lab.labs.prefetch;

import org.nestwalk.bits.Access;
import org.nestwalk.bits.PageSize;
import org.nestwalk.hypervisor.BackingPolicy;
import org.nestwalk.hypervisor.prefetch.PrefetchCounts;
import org.nestwalk.hypervisor.prefetch.PrefetchSettings;
import org.nestwalk.hypervisor.prefetch.Prefetcher;
import org.nestwalk.lab.vm.MappedGuest;
import org.nestwalk.machine.Account;
import org.nestwalk.machine.Cost;
import org.nestwalk.machine.ExitReason;
import org.nestwalk.machine.Hypercalls;
import org.nestwalk.machine.SoftwareCosts;
import org.nestwalk.machine.VirtualCpu;
import org.nestwalk.machine.VmExit;
import org.nestwalk.machine.simulated.SimulatedMachine;
import org.nestwalk.machine.simulated.SimulatedSettings;
import org.nestwalk.mmu.model.ProcessorModel;

/// A guest on the simulated machine that has mapped a range, of which its hypervisor has backed
/// nothing yet but what its policy backs at first; and the host's side of hints.
final class PrefetchedGuest implements AutoCloseable {
    static final long PAGE = PageSize.SIZE_4K.bytes();

    private static final long BASE = 0x40_0000_0000L;
    private static final long UNIT = 4L << 20;

    private final ProcessorModel model;
    private final SoftwareCosts costs;
    private final SimulatedMachine machine;
    private final MappedGuest guest;
    private final Prefetcher prefetcher;
    private final VirtualCpu cpu;
    private final long bytes;
    private final long[] access = new long[1];

    /// @param pages of the range
    PrefetchedGuest(
            ProcessorModel model, int pages, BackingPolicy backing, PrefetchSettings settings) {
        this.model = model;
        bytes = pages * PAGE;
        costs = SoftwareCosts.assumed(model.costs().exitCycles());
        long memory = MappedGuest.memoryFor(BASE, bytes);
        machine =
                new SimulatedMachine(
                        SimulatedSettings.of(model, memory + memory / 16 + 4 * UNIT & -UNIT));
        try {
            guest = new MappedGuest(machine, 1, BASE, bytes, PageSize.SIZE_4K, backing);
            double nanos = pageCycles() / model.costs().frequencyGHz();
            prefetcher =
                    new Prefetcher(guest.vm(), machine.host(), settings, (long) Math.ceil(nanos));
            guest.hypervisor().serve(Hypercalls.PREFETCH_PAGES, prefetcher);
            cpu = guest.vm().cpus().getFirst();
        } catch (RuntimeException e) {
            machine.close();
            throw e;
        }
    }

    /// Cycles of backing one page.
    private long pageCycles() {
        return (long) costs.mapping() + costs.zeroing();
    }

    VirtualCpu cpu() {
        return cpu;
    }

    /// Guest-physical address of a page of the range.
    long gpa(long page) {
        return guest.dataStart() + page * PAGE;
    }

    /// Time of the CPU, in cycles.
    long time() {
        return cpu.walkCounts().orElseThrow().cycles(model.costs().accessCycles())
                + cpu.account().cycles();
    }

    /// What the host has done beside the CPU, in cycles.
    long beside() {
        return guest.vm().background().cycles();
    }

    /// What the host has done in exits of the CPU and beside it, exits included, in cycles.
    long hostCycles() {
        Account all = new Account();
        all.add(cpu.account());
        all.add(guest.vm().background());
        return all.cycles(Cost.EXIT)
                + all.cycles(Cost.BACKING)
                + all.cycles(Cost.HOST_ZEROING)
                + all.cycles(Cost.HOST_SCANNING)
                + all.cycles(Cost.HOST_SHOOTDOWN);
    }

    long exits(ExitReason reason) {
        return cpu.account().exits(reason);
    }

    PrefetchCounts counts() {
        return prefetcher.counts();
    }

    /// Announces pages of the range, as a kernel does that asks again for what is left.
    void hint(long page, long count, long flags) {
        var _ = Prefetcher.call(cpu, gpa(page), count * PAGE, flags);
    }

    /// One call, whatever it asks for.
    void call(long gpa, long length, long flags) {
        var _ = cpu.kernel().hypercall(Hypercalls.PREFETCH_PAGES, gpa, length, flags);
    }

    /// What is done beside the CPU is done until `nanos` after the CPU's own time.
    void pass(long nanos) {
        prefetcher.tick(cpu.nanoseconds() + nanos);
    }

    /// Stores to a page for the first time.
    ///
    /// @param idle nanoseconds in which the program has done other things
    /// @return cycles that it took
    long touch(long page, long idle) {
        pass(idle);
        access[0] = Access.pack(Access.STORE, BASE + page * PAGE);
        long before = time();
        VmExit exit = cpu.run(access, 0, 1);
        if (!(exit instanceof VmExit.ProgramEnd)) {
            throw new IllegalStateException("a touch ended with " + exit);
        }
        return time() - before;
    }

    /// Bytes of the range that are backed.
    long backedBytes() {
        long backed = 0;
        for (long gpa = gpa(0); gpa < gpa(0) + bytes; gpa += PAGE) {
            backed += guest.vm().secondLevel().pageSize(gpa) == null ? 0 : PAGE;
        }
        return backed;
    }

    /// What `calls` calls and `pages` backed pages cost the host at most, in cycles.
    long mostCycles(long calls, long pages, int chunk) {
        return calls * (costs.exit() + (long) chunk * costs.scanning())
                + pages * (pageCycles() + costs.scanning());
    }

    @Override
    public void close() {
        machine.close();
    }
}
