package org.nestwalk.machine.simulated;

import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.nestwalk.bits.ControlRegisters;
import org.nestwalk.bits.ExitQualification;
import org.nestwalk.bits.PageFaultCode;
import org.nestwalk.machine.ExitReason;
import org.nestwalk.machine.GuestFailure;
import org.nestwalk.machine.SecondLevelMap;
import org.nestwalk.machine.VmExit;
import org.nestwalk.machine.exit.ExitChain;
import org.nestwalk.memory.encryption.ReverseMap;
import org.nestwalk.mmu.Mmu;
import org.nestwalk.mmu.TranslationFault;
import org.nestwalk.mmu.model.ProcessorModel.SecondLevelFormat;
import org.nestwalk.mmu.tlb.InvalidationScope;
import org.nestwalk.mmu.tlb.Invalidations;
import org.nestwalk.mmu.tlb.TranslationContexts;
import org.nestwalk.paging.AccessType;
import org.nestwalk.paging.ExtendedPageTables;
import org.nestwalk.paging.NestedPageTables;
import org.nestwalk.paging.Outcome;
import org.nestwalk.paging.PageModificationLog;
import org.nestwalk.paging.PrivateSecondLevel;
import org.nestwalk.paging.SecondLevel;
import org.nestwalk.paging.WalkCaches;
import org.nestwalk.paging.WalkResult;
import org.nestwalk.paging.WalkVisitor;
import org.nestwalk.paging.Walker;

/// Nested paging: the processor walks the guest's tables under EPT or AMD's nested tables.
final class NestedTranslation extends CpuTranslation {
    private final @Nullable PageModificationLog log;
    private final long logPage;
    private final Mmu mmu;
    private final SecondLevelTables tables;
    private final ExitChain exits;
    private Walker direct;
    private SecondLevel secondLevel;
    private @Nullable Walker beside;
    private long ep4ta;

    NestedTranslation(TrappingCpu cpu, VmContext vm, SecondLevelTables tables, ExitChain exits) {
        super(cpu, vm);
        this.tables = tables;
        this.exits = exits;
        SimulatedSettings settings = vm.host().settings();
        boolean logs = settings.model().translation().secondLevel() == SecondLevelFormat.EPT_AD;
        logPage = logs ? vm.newTables().allocate() : -1;
        log = logs ? new PageModificationLog(memory(), logPage, 511) : null;
        if (log != null) {
            log.enable(false);
        }
        long root = tables.memory().rootFor(cpu.node());
        secondLevel = secondLevel(settings, root);
        ep4ta = TranslationContexts.ep4taOf(root);
        mmu = newMmu(secondLevel);
        direct = walker(false);
        beside = null;
        loadCr3(0, true);
    }

    /// One that no caches shorten.
    private Walker walker(boolean paging) {
        return new Walker(
                memory(),
                Processor.registers(vm.host().settings(), paging),
                vm.protection().features(),
                secondLevel,
                WalkVisitor.NONE,
                WalkCaches.NONE);
    }

    private SecondLevel secondLevel(SimulatedSettings settings, long root) {
        SecondLevelFormat format = settings.model().translation().secondLevel();
        if (format == SecondLevelFormat.NPT) {
            NestedPageTables nested =
                    new NestedPageTables(
                            root,
                            settings.hostLevels() == 5 ? ControlRegisters.CR4_LA57 : 0,
                            ControlRegisters.EFER_NXE,
                            Processor.features(settings));
            return settings.encryption() == null
                    ? nested
                    : new PrivateSecondLevel(
                            nested,
                            vm.protection().encryptionBit(),
                            vm.host().owners(),
                            vm.protection().asid());
        }
        boolean flags = format == SecondLevelFormat.EPT_AD;
        ExtendedPageTables made =
                new ExtendedPageTables(
                        ExtendedPageTables.pointer(root, settings.hostLevels(), flags),
                        false,
                        Processor.features(settings),
                        log,
                        null);
        made.letThrough(tables.claimed().through()::root);
        return made;
    }

    @Override
    Mmu mmu() {
        return mmu;
    }

    @Override
    @Nullable PageModificationLog log() {
        return log;
    }

    @Override
    void resolve(TranslationFault fault) {
        switch (fault.outcome()) {
            case PAGE_FAULT, GENERAL_PROTECTION -> cpu.exception(fault);
            case VMM_COMMUNICATION -> throw notValidated(fault.guestPhysicalAddress());
            default ->
                    exit(
                            fault.outcome(),
                            fault.guestPhysicalAddress(),
                            fault.linearAddress(),
                            fault.code());
        }
    }

    @Override
    WalkResult walkBeside(long gva, int type) {
        if (beside == null) {
            beside = walker(true);
        }
        beside.loadRoot(cr3);
        beside.walk(gva, type);
        return beside.result();
    }

    @Override
    long translateKernel(long gpa, boolean write) {
        int type = write ? AccessType.WRITE : AccessType.READ;
        try {
            for (int failed = 1;
                    direct.walk(gpa | vm.protection().encryptionBit(), type) != Outcome.OK;
                    failed++) {
                Attempts.check(failed, gpa);
                WalkResult result = direct.result();
                if (result.outcome() == Outcome.VMM_COMMUNICATION) {
                    throw notValidated(gpa);
                }
                exit(result.outcome(), gpa, -1, result.code());
            }
            return direct.result().hostPhysicalAddress();
        } finally {
            cpu.closeOpened();
        }
    }

    @Override
    void validateKernel(long gpa) {
        ReverseMap owners = Objects.requireNonNull(vm.host().owners());
        try {
            for (int failed = 1;
                    direct.walk(gpa | vm.protection().encryptionBit(), AccessType.WRITE)
                            != Outcome.OK;
                    failed++) {
                Attempts.check(failed, gpa);
                WalkResult result = direct.result();
                if (result.outcome() == Outcome.VMM_COMMUNICATION) {
                    owners.validate(tables.hostAddress(gpa));
                } else {
                    exit(result.outcome(), gpa, -1, result.code());
                }
            }
        } finally {
            cpu.closeOpened();
        }
    }

    private GuestFailure notValidated(long gpa) {
        return new GuestFailure(
                VmExit.Cause.PAGE_NOT_VALIDATED,
                "%s stops: guest-physical address 0x%x is not backed by the page that it has validated"
                        .formatted(vm.settings().name(), gpa));
    }

    /// Leaves the guest because of `gpa`, and returns when the access can be made again.
    ///
    /// @param gva the linear address, or -1
    private void exit(Outcome outcome, long gpa, long gva, long code) {
        switch (outcome) {
            case PML_FULL -> cpu.exit(ExitReason.LOG_FULL, this::drainLog);
            case EPT_MISCONFIGURATION -> cpu.exit(new VmExit.Misconfiguration(gpa));
            case EPT_VIOLATION ->
                    violation(
                            gpa,
                            gva,
                            (int) code & SecondLevelMap.ALL,
                            (code & ExitQualification.FINAL) == 0);
            case NESTED_PAGE_FAULT -> nestedPageFault(gpa, gva, code);
            default -> throw new IllegalStateException(outcome + " is no exit");
        }
    }

    private void drainLog() {
        tables.dirty().drain(Objects.requireNonNull(log));
        exits.logEmptied(cpu);
    }

    private void nestedPageFault(long gpa, long gva, long code) {
        if ((code & PageFaultCode.OWNERSHIP) != 0) {
            boolean tooLarge = (code & PageFaultCode.SIZE_MISMATCH) != 0;
            cpu.exit(new VmExit.OwnershipViolation(gpa, gva, tooLarge));
            return;
        }
        violation(
                gpa,
                gva,
                (code & PageFaultCode.FETCH) != 0
                        ? SecondLevelMap.EXECUTE
                        : (code & PageFaultCode.WRITE) != 0
                                ? SecondLevelMap.WRITE
                                : SecondLevelMap.READ,
                (code & PageFaultCode.NESTED_FINAL) == 0);
    }

    private void violation(long gpa, long gva, int access, boolean table) {
        vm.settings().checkInside(gpa, 1);
        int rights = tables.rights(gpa);
        boolean mapped = tables.pageSize(gpa) != null;
        if (mapped) {
            mmu.invalidate(Invalidations.eptViolation(ep4ta, gpa));
            if (gva != -1) {
                mmu.invalidate(Invalidations.eptViolationOfLinear(vpid(), pcid(), ep4ta, gva));
            }
        }
        if (mapped && (access & ~rights) == 0) {
            // Another CPU's exit has resolved it meanwhile.
            cpu.exit(ExitReason.VIOLATION, () -> {});
        } else if (mapped) {
            cpu.exit(exits.refusal(gpa, gva, access, table));
        } else {
            VmExit exit = new VmExit.Violation(gpa, gva, access, false, table);
            tables.serve(access, () -> cpu.exit(exit));
        }
    }

    @Override
    void loadCr3(long value, boolean keep) {
        cr3 = value;
        mmu.enter(vpid(), pcid(), ep4ta);
        mmu.loadRoot(value);
        if (!keep) {
            mmu.invalidate(Invalidations.movToCr3(vpid(), pcid()));
        }
    }

    @Override
    void invalidate(InvalidationScope scope) {
        mmu.invalidate(scope);
    }

    @Override
    void secondLevelChanged(long gpa, long bytes) {
        mmu.invalidate(Invalidations.inveptSingleContext(ep4ta));
    }

    /// Loads the EPT pointer of the copy of the tables on the CPU's node.
    @Override
    void tablesMoved() {
        mmu.invalidate(Invalidations.inveptSingleContext(ep4ta));
        long root = tables.memory().rootFor(cpu.node());
        secondLevel = secondLevel(vm.host().settings(), root);
        ep4ta = TranslationContexts.ep4taOf(root);
        vm.host().memory().countChange();
        mmu.loadSecondLevel(secondLevel);
        direct = walker(false);
        beside = null;
        loadCr3(cr3, true);
        mmu.invalidate(Invalidations.inveptSingleContext(ep4ta));
    }

    @Override
    void release() {
        super.release();
        if (logPage != -1) {
            vm.host().frames().give(logPage, 0);
        }
    }
}
