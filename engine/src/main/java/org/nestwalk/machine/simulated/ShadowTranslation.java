package org.nestwalk.machine.simulated;

import org.nestwalk.bits.PageFaultCode;
import org.nestwalk.machine.Cost;
import org.nestwalk.machine.ExitReason;
import org.nestwalk.machine.SecondLevelMap;
import org.nestwalk.machine.VmExit;
import org.nestwalk.machine.exit.ExitChain;
import org.nestwalk.mmu.Mmu;
import org.nestwalk.mmu.TranslationFault;
import org.nestwalk.mmu.tlb.InvalidationScope;
import org.nestwalk.mmu.tlb.Invalidations;
import org.nestwalk.mmu.tlb.TranslationContexts;
import org.nestwalk.paging.AccessType;
import org.nestwalk.paging.Outcome;
import org.nestwalk.paging.SecondLevel;
import org.nestwalk.paging.WalkCaches;
import org.nestwalk.paging.WalkResult;
import org.nestwalk.paging.WalkVisitor;
import org.nestwalk.paging.Walker;

/// Shadow paging: the processor walks a [ShadowTable] in one dimension. Page faults, writes to the
/// guest's tables, CR3 loads and invalidations exit.
final class ShadowTranslation extends CpuTranslation {
    private final ShadowPaging shadows;
    private final Mmu mmu;
    private final Walker software;
    private final SecondLevelTables tables;
    private final ExitChain exits;
    private ShadowTable shadow;

    /// Whether the last page fault was the guest's.
    private boolean guests;

    ShadowTranslation(
            TrappingCpu cpu,
            VmContext vm,
            SecondLevelTables tables,
            ExitChain exits,
            ShadowPaging shadows) {
        super(cpu, vm);
        this.shadows = shadows;
        this.tables = tables;
        this.exits = exits;
        this.mmu = newMmu(SecondLevel.NONE);
        SimulatedSettings settings = vm.host().settings();
        this.software =
                new Walker(
                        memory(),
                        Processor.registers(settings, true),
                        Processor.features(settings),
                        new SoftwareSecondLevel(tables),
                        new TableProtector(),
                        WalkCaches.NONE);
        this.shadow = shadows.of(0);
        enter(0);
    }

    /// Write-protects every guest table that a walk reads.
    private final class TableProtector implements WalkVisitor {
        @Override
        public void secondLevelBegins(long gpa, int level) {
            if (level > 0) {
                shadows.protect(shadow, gpa, level, walked);
            }
        }
    }

    private long walked;

    @Override
    Mmu mmu() {
        return mmu;
    }

    @Override
    void resolve(TranslationFault fault) {
        if (fault.outcome() != Outcome.PAGE_FAULT) {
            cpu.exception(fault);
            return;
        }
        long gva = fault.linearAddress();
        if ((fault.code() & PageFaultCode.PROTECTION) != 0) {
            mmu.invalidate(Invalidations.pageFault(vpid(), pcid(), gva));
        }
        cpu.exit(ExitReason.SHADOW_FAULT, () -> guests = !makeShadow(gva, fault.code()));
        if (guests) {
            cpu.pageFault(gva, software.result().code());
        }
    }

    /// Makes the shadow entry for an access. Returns false if the guest's own tables refuse it.
    private boolean makeShadow(long gva, long code) {
        int type = accessType(code);
        vm.charge(Cost.SHADOWING, vm.costs().shadowing());
        for (int failed = 1; ; failed++) {
            walked = gva;
            Outcome outcome = software.walk(gva, type);
            WalkResult walk = software.result();
            if (outcome == Outcome.PAGE_FAULT) {
                return false;
            }
            if (outcome == Outcome.OK) {
                install(gva, walk, (type & AccessType.WRITE) != 0);
                return true;
            }
            Attempts.check(failed, walk.guestPhysicalAddress());
            backed(walk.guestPhysicalAddress(), gva, (int) walk.code());
        }
    }

    private void install(long gva, WalkResult walk, boolean write) {
        long gpa = walk.guestPhysicalAddress();
        if (write && shadows.isTable(gpa)) {
            shadows.unprotect(gpa);
        }
        boolean writable =
                !shadows.isTable(gpa) && (tables.rights(gpa) & SecondLevelMap.WRITE) != 0;
        int level = walk.effectiveLevel();
        shadow.install(
                gva,
                walk,
                level > 1 && hasTable(gpa) ? 1 : level,
                writable,
                (tables.rights(gpa) & SecondLevelMap.EXECUTE) != 0);
        shadows.installed(shadow, gva, gpa);
    }

    /// Whether a large page holds a table, so that it cannot be writable as a whole: its pages are
    /// shadowed one by one (as KVM's `disallow_lpage` has it).
    private boolean hasTable(long gpa) {
        long first = gpa & -(1L << 21);
        for (int i = 0; i < 512; i++) {
            if (shadows.isTable(first + ((long) i << 12))) {
                return true;
            }
        }
        return false;
    }

    private static int accessType(long code) {
        int kind =
                (code & PageFaultCode.FETCH) != 0
                        ? AccessType.FETCH
                        : (code & PageFaultCode.WRITE) != 0 ? AccessType.WRITE : AccessType.READ;
        return kind | ((code & PageFaultCode.USER) != 0 ? AccessType.USER : 0);
    }

    /// Has `gpa` backed, or whatever else its hypervisor makes of the access, within an exit.
    private void backed(long gpa, long gva, int access) {
        vm.settings().checkInside(gpa, 1);
        cpu.handle(
                tables.pageSize(gpa) != null
                        ? exits.refusal(gpa, gva, access, false)
                        : new VmExit.Violation(gpa, gva, access, false, false));
    }

    @Override
    long translateKernel(long gpa, boolean write) {
        if (write && shadows.isTable(gpa)) {
            cpu.exit(ExitReason.TABLE_WRITE, () -> shadows.unprotect(gpa));
        }
        return translate(gpa, write);
    }

    private long translate(long gpa, boolean write) {
        int access = write ? SecondLevelMap.WRITE : SecondLevelMap.READ;
        try {
            for (int failed = 1; (access & ~tables.rights(gpa)) != 0; failed++) {
                Attempts.check(failed, gpa);
                cpu.exit(ExitReason.SHADOW_FAULT, () -> backed(gpa, -1, access));
            }
            return tables.hostAddress(gpa);
        } finally {
            cpu.closeOpened();
        }
    }

    @Override
    void storeKernel(long gpa, long value) {
        long hpa = translate(gpa, true);
        if (!shadows.isTable(gpa)) {
            memory().write(hpa, value);
            return;
        }
        cpu.exit(
                ExitReason.TABLE_WRITE,
                () -> {
                    vm.charge(Cost.SHADOWING, vm.costs().shadowing());
                    shadows.entryChanges(gpa, memory().read(hpa));
                    memory().write(hpa, value);
                });
    }

    @Override
    void loadCr3(long value, boolean keep) {
        cpu.exit(
                ExitReason.CR3_LOAD,
                () -> {
                    enter(value);
                    if (!keep) {
                        mmu.invalidate(Invalidations.movToCr3(vpid(), pcid()));
                    }
                });
    }

    private void enter(long value) {
        cr3 = value;
        shadow = shadows.of(root(value));
        software.loadRoot(value);
        mmu.enter(vpid(), pcid(), TranslationContexts.NO_EPT);
        mmu.loadRoot(shadow.root());
    }

    @Override
    void invalidate(InvalidationScope scope) {
        cpu.exit(ExitReason.INVALIDATION, () -> mmu.invalidate(scope));
    }

    @Override
    void secondLevelChanged(long gpa, long bytes) {
        shadows.dropLeavesTo(gpa, bytes);
        invalidateAll();
    }
}
