package org.nestwalk.lab.labs.transactions;

import org.jspecify.annotations.Nullable;
import org.nestwalk.bits.PageSize;
import org.nestwalk.guest.AccessSource;
import org.nestwalk.hypervisor.BackingPolicy;
import org.nestwalk.hypervisor.Hypervisor;
import org.nestwalk.lab.progress.Meter;
import org.nestwalk.lab.progress.ProgressListener;
import org.nestwalk.lab.vm.GuestTables;
import org.nestwalk.machine.TranslationMode;
import org.nestwalk.machine.VirtualCpu;
import org.nestwalk.machine.VirtualMachine;
import org.nestwalk.machine.VmExit;
import org.nestwalk.machine.VmSettings;
import org.nestwalk.machine.simulated.SimulatedMachine;
import org.nestwalk.machine.simulated.SimulatedSettings;
import org.nestwalk.machine.simulated.Transactions;
import org.nestwalk.machine.transactions.TransactionCounts;
import org.nestwalk.machine.transactions.TransactionSettings;
import org.nestwalk.machine.transactions.TransactionalCpu;
import org.nestwalk.mmu.count.MmuCounts;
import org.nestwalk.mmu.model.ProcessorModel;

/// A virtual machine whose guest has mapped all that its programs use, as after being restored from
/// a snapshot: it takes no page faults, and what is missing is missing in the second level only.
final class PreparedGuest implements AutoCloseable {
    private static final long LARGE = PageSize.SIZE_2M.bytes();
    private static final int BLOCK = TransactionSettings.LONGEST;

    private final SimulatedMachine machine;
    private final VirtualMachine vm;
    private final ProcessorModel model;
    private final long dataStart;
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
        long first = base & -LARGE;
        long data = roundUp(base + bytes - first);
        dataStart = LARGE + roundUp((data / LARGE + 8) * PageSize.SIZE_4K.bytes());
        long memory = dataStart + data;
        SimulatedSettings settings =
                SimulatedSettings.of(
                        model, roundUp(memory + memory / 32 + (16L << 20)) & -2 * LARGE);
        machine = new SimulatedMachine(settings.withFragmentation(settings.fragmentation(), seed));
        vm = machine.create(new VmSettings("the guest", memory, cpus, TranslationMode.NESTED));
        Hypervisor _ = Hypervisor.start(vm, backing);
        vm.exclusively(() -> {
            long root = new GuestTables(vm.memory(), LARGE).map(first, dataStart, data, pages);
            vm.cpus().forEach(cpu -> cpu.kernel().loadCr3(root, false));
        });
    }

    private static long roundUp(long bytes) {
        return bytes + LARGE - 1 & -LARGE;
    }

    VirtualMachine vm() {
        return vm;
    }

    /// Makes programs run as transactions.
    Transactions useTransactions(TransactionSettings settings) {
        Transactions made = machine.useTransactions(vm, settings);
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
        VirtualCpu cpu = vm.cpus().getFirst();
        long[] block = new long[BLOCK];
        boolean goOn = true;
        for (int count = source.next(block); count > 0 && goOn; count = source.next(block)) {
            VmExit exit = cpu.run(block, 0, count);
            if (!(exit instanceof VmExit.ProgramEnd)) {
                throw new IllegalStateException("the program ended with " + exit);
            }
            goOn = meter.add(count);
        }
    }

    /// Cycles of the first CPU so far, all included.
    long cycles() {
        VirtualCpu cpu = vm.cpus().getFirst();
        MmuCounts walks = cpu.walkCounts().orElseThrow();
        return walks.cycles(model.costs().accessCycles())
                + cpu.account().cycles()
                + counts().overheadCycles;
    }

    /// Pages that back programs' data, of whatever size.
    long backedPages() {
        long pages = 0;
        for (long gpa = dataStart; gpa < vm.settings().memoryBytes(); ) {
            PageSize size = vm.secondLevel().pageSize(gpa);
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
