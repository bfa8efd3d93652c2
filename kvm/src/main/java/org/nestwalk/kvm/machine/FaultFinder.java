package org.nestwalk.kvm.machine;

import org.jspecify.annotations.Nullable;
import org.nestwalk.bits.Access;
import org.nestwalk.bits.ExitQualification;
import org.nestwalk.machine.SecondLevelMap;
import org.nestwalk.machine.VmExit;
import org.nestwalk.paging.AccessType;
import org.nestwalk.paging.GuestRegisters;
import org.nestwalk.paging.Outcome;
import org.nestwalk.paging.PagingFeatures;
import org.nestwalk.paging.WalkCaches;
import org.nestwalk.paging.WalkResult;
import org.nestwalk.paging.WalkVisitor;
import org.nestwalk.paging.Walker;

/// Finds out why an access failed, by a walk that only looks.
final class FaultFinder {
    private final KvmVirtualMachine vm;
    private final GuestRam memory;
    private @Nullable Walker walker;

    FaultFinder(KvmVirtualMachine vm) {
        this.vm = vm;
        this.memory = vm.ram();
    }

    /// Made when it is first needed, which without traps is seldom: it is large for a virtual
    /// machine that may be one of a thousand.
    private Walker walker() {
        if (walker == null) {
            walker =
                    new Walker(
                            new SegmentMemory(memory::segment, 0),
                            GuestRegisters.paging(0, 0),
                            PagingFeatures.ALL,
                            new TrappedSecondLevel(vm),
                            WalkVisitor.NONE,
                            WalkCaches.NONE);
        }
        return walker;
    }

    /// Whether the guest's own tables refuse an access for which there was a page fault.
    boolean isGuestFault(long cr3, long access) {
        if (!memory.isTrapped()) {
            return true;
        }
        Outcome outcome = walk(cr3, access);
        return outcome == Outcome.PAGE_FAULT || outcome == Outcome.GENERAL_PROTECTION;
    }

    /// The exit that an access causes by pages that are not backed or are protected; null if there
    /// are none in its way.
    @Nullable VmExit find(long cr3, long access) {
        if (!memory.isTrapped() || walk(cr3, access) != Outcome.EPT_VIOLATION) {
            return null;
        }
        WalkResult result = walker().result();
        long gpa = result.guestPhysicalAddress();
        vm.settings().checkInside(gpa, 1);
        boolean table = (result.code() & ExitQualification.FINAL) == 0;
        long gva = result.linearAddress();
        if (memory.isBacked(gpa)) {
            return new VmExit.WriteTrap(gpa, gva, table);
        }
        int wanted = (int) result.code() & SecondLevelMap.ALL;
        return new VmExit.Violation(gpa, gva, wanted, false, table);
    }

    /// Handles `exit`, which an access causes, and those by other pages that are not backed and in
    /// its way then: entering the guest to meet each of them would take as long as several do.
    void clear(KvmExits exits, VmExit exit, long cr3, long access) {
        if (exit instanceof VmExit.Violation violation) {
            boolean _ = vm.slots().reach(violation.gpa());
        }
        exits.handle(exit);
        if (!exits.isStepping()
                && find(cr3, access) instanceof VmExit.Violation next
                && !next.equals(exit)) {
            clear(exits, next, cr3, access);
        }
    }

    /// Puts the memory that an access needs, and its tables, into slots; returns whether any was in
    /// none, and KVM may not have found it.
    boolean reach(long cr3, long access) {
        boolean any = false;
        while (!vm.slots().areAllReached()
                && walk(cr3, access) == Outcome.EPT_VIOLATION
                && vm.slots().reach(walker().result().guestPhysicalAddress())) {
            any = true;
        }
        return any;
    }

    /// Translates a linear address for an access of `type` by the guest's kernel, as its tables are
    /// in memory.
    WalkResult walkAsKernel(long cr3, long gva, int type) {
        walker().loadRoot(cr3);
        walker().walk(gva, type);
        return walker().result();
    }

    private Outcome walk(long cr3, long access) {
        walker().loadRoot(cr3);
        // The replay loop makes fetches as loads.
        int type = Access.isWrite(access) ? AccessType.WRITE : AccessType.READ;
        return walker().walk(Access.address(access) & -Long.BYTES, type | AccessType.USER);
    }
}
