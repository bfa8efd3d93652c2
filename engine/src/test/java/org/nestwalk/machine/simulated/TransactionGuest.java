package org.nestwalk.machine.simulated;

import java.util.List;
import org.nestwalk.bits.Access;
import org.nestwalk.bits.PageSize;
import org.nestwalk.machine.ExitPart;
import org.nestwalk.machine.KernelCpu;
import org.nestwalk.machine.TranslationMode;
import org.nestwalk.machine.Verdict;
import org.nestwalk.machine.VirtualMachine;
import org.nestwalk.machine.VmExit;
import org.nestwalk.machine.VmSettings;
import org.nestwalk.machine.transactions.TransactionSettings;
import org.nestwalk.machine.transactions.TransactionalCpu;
import org.nestwalk.mmu.model.CacheModel;
import org.nestwalk.mmu.model.CostModel;
import org.nestwalk.mmu.model.Geometry;
import org.nestwalk.mmu.model.MemoryModel;
import org.nestwalk.mmu.model.Models;
import org.nestwalk.mmu.model.ProcessorModel;
import org.nestwalk.mmu.model.ProcessorModel.SecondLevelFormat;
import org.nestwalk.mmu.model.Replacement;
import org.nestwalk.mmu.model.TranslationModel;
import org.nestwalk.mmu.model.WalkCacheModel;

/// A guest that maps all its memory from [#GVA] on with 2-MiB pages, and CPUs with transactions.
/// The host backs 4 KiB at the first touch.
final class TransactionGuest {
    static final long MEMORY = 16 << 20;
    static final long GVA = 0x80_0000_0000L;
    static final long DATA = GVA + (4 << 20);
    static final int WAYS = 8;
    static final int SETS = 64;
    static final long WAY_BYTES = SETS * 64L;

    final SimulatedMachine machine = new SimulatedMachine(SimulatedSettings.of(model(), 64L << 20));
    final VirtualMachine vm;
    final Transactions transactions;
    final ExitPart backing = (self, exit) -> handle(exit);

    TransactionGuest(int cpus, TransactionSettings settings) {
        vm = machine.create(new VmSettings("vm", MEMORY, cpus, TranslationMode.NESTED));
        vm.attach(backing);
        for (int cpu = 0; cpu < cpus; cpu++) {
            mapAll(vm.cpus().get(cpu).kernel());
        }
        transactions = machine.useTransactions(vm, settings);
    }

    private Verdict handle(VmExit exit) {
        return Verdict.resumeIf(
                exit instanceof VmExit.Violation violation
                        && !violation.mapped()
                        && vm.secondLevel().populate(violation.gpa(), PageSize.SIZE_4K));
    }

    private static void mapAll(KernelCpu kernel) {
        kernel.store(0x1000 + 8 * (GVA >> 39), 0x2007);
        kernel.store(0x2000, 0x3007);
        for (long region = 0; region < MEMORY >> 21; region++) {
            kernel.store(0x3000 + 8 * region, region << 21 | 0x87);
        }
        kernel.loadCr3(0x1000, false);
    }

    /// Backs all memory.
    TransactionGuest prefault() {
        vm.exclusively(() -> {
            for (long gpa = 0; gpa < MEMORY; gpa += 4096) {
                vm.secondLevel().populate(gpa, PageSize.SIZE_4K);
            }
        });
        return this;
    }

    TransactionalCpu cpu(int index) {
        return transactions.cpus().get(index);
    }

    /// What memory holds at a linear address.
    long word(long gva) {
        return vm.memory().read(gva - GVA);
    }

    static long load(long gva) {
        return Access.pack(Access.LOAD, gva);
    }

    static long store(long gva) {
        return Access.pack(Access.STORE, gva);
    }

    static ProcessorModel model() {
        ProcessorModel small = Processors.of(SecondLevelFormat.EPT_AD);
        return Models.of(
                new TranslationModel(
                        small.translation().secondLevel(),
                        small.translation().firstLevelTlbs(),
                        small.translation().secondLevelTlbs(),
                        new WalkCacheModel(
                                small.translation().walkCaches().guestStructureCaches(),
                                small.translation().walkCaches().secondStructureCaches(),
                                small.translation().walkCaches().nestedTlb(),
                                1,
                                3),
                        1),
                new MemoryModel(
                        List.of(
                                new CacheModel("L1D", lru(SETS * WAYS, WAYS), 4),
                                new CacheModel("LLC", lru(4096, 16), 40)),
                        100,
                        true),
                new CostModel(1, 1, 50, 1500));
    }

    private static Geometry lru(int entries, int ways) {
        return new Geometry(entries, ways, Replacement.LRU);
    }
}
