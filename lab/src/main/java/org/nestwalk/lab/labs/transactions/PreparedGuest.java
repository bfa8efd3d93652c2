package org.nestwalk.lab.labs.transactions;

import org.jspecify.annotations.Nullable;
import org.nestwalk.bits.PageSize;
import org.nestwalk.guest.AccessSource;
import org.nestwalk.hypervisor.BackingPolicy;
import org.nestwalk.lab.progress.Meter;
import org.nestwalk.lab.progress.ProgressListener;
import org.nestwalk.lab.vm.MappedGuest;
import org.nestwalk.machine.VirtualCpu;
import org.nestwalk.machine.VirtualMachine;
import org.nestwalk.machine.simulated.SimulatedMachine;
import org.nestwalk.machine.simulated.SimulatedSettings;
import org.nestwalk.machine.simulated.Transactions;
import org.nestwalk.machine.transactions.TransactionCounts;
import org.nestwalk.machine.transactions.TransactionSettings;
import org.nestwalk.machine.transactions.TransactionalCpu;
import org.nestwalk.mmu.count.MmuCounts;
import org.nestwalk.mmu.model.ProcessorModel;

/// A [MappedGuest] on a simulated machine of its own.
final class PreparedGuest implements AutoCloseable {
    private static final int BLOCK = TransactionSettings.LONGEST;
    private static final long UNIT = 2 * PageSize.SIZE_2M.bytes();

    private final SimulatedMachine machine;
    private final MappedGuest guest;
    private final ProcessorModel model;
    private @Nullable Transactions transactions;

    /// @param cpus virtual CPUs, which share one address space
    /// @param base first linear address of programs, and `bytes` how many there are
    /// @param pages of the guest: 4 KiB or 2 MiB
    PreparedGuest(
            ProcessorModel model,
            int cpus,
            long base,
            long bytes,
            PageSize pages,
            BackingPolicy backing,
            long seed) {
        this.model = model;
        long memory = MappedGuest.memoryFor(base, bytes);
        long host = memory + memory / 32 + (16L << 20) + UNIT / 2 - 1 & -UNIT;
        SimulatedSettings settings = SimulatedSettings.of(model, host);
        machine = new SimulatedMachine(settings.withFragmentation(settings.fragmentation(), seed));
        guest = new MappedGuest(machine, cpus, base, bytes, pages, backing);
    }

    VirtualMachine vm() {
        return guest.vm();
    }

    /// Makes programs run as transactions.
    Transactions useTransactions(TransactionSettings settings) {
        Transactions made = machine.useTransactions(vm(), settings);
        transactions = made;
        return made;
    }

    /// What transactions of all CPUs came to.
    TransactionCounts counts() {
        TransactionCounts sum = new TransactionCounts();
        if (transactions != null) {
            transactions.cpus().stream().map(TransactionalCpu::counts).forEach(sum::add);
        }
        return sum;
    }

    /// Runs a program to its end on the first CPU, with nobody who watches.
    void run(AccessSource source) {
        run(source, new Meter(ProgressListener.NONE, 1));
    }

    /// Runs a program on the first CPU to its end, or until whoever watches ends the work.
    void run(AccessSource source, Meter meter) {
        boolean _ = guest.run(source, BLOCK, meter);
    }

    /// Cycles of the first CPU so far, all included.
    long cycles() {
        VirtualCpu cpu = vm().cpus().getFirst();
        MmuCounts walks = cpu.walkCounts().orElseThrow();
        return walks.cycles(model.costs().accessCycles())
                + cpu.account().cycles()
                + counts().overheadCycles;
    }

    /// Pages that back programs' data, of whatever size.
    long backedPages() {
        long pages = 0;
        for (long gpa = guest.dataStart(); gpa < vm().settings().memoryBytes(); ) {
            PageSize size = vm().secondLevel().pageSize(gpa);
            if (size != null) {
                pages++;
            }
            gpa += size == null ? PageSize.SIZE_4K.bytes() : size.bytes();
        }
        return pages;
    }

    @Override
    public void close() {
        machine.closeAndVerify();
    }
}
