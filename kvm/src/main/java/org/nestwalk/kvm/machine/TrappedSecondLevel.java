package org.nestwalk.kvm.machine;

import org.nestwalk.bits.ExitQualification;
import org.nestwalk.bits.MemoryType;
import org.nestwalk.bits.PageSize;
import org.nestwalk.bits.SecondLevelTranslation;
import org.nestwalk.paging.AccessType;
import org.nestwalk.paging.Outcome;
import org.nestwalk.paging.SecondLevel;
import org.nestwalk.paging.Walker;

/// Guest memory with its traps as a second level: pages that are not backed, or in no slot, are not
/// mapped, and protected ones cannot be written. KVM says that memory could not be reached, but not
/// where; a walk of the one walker through this finds out.
final class TrappedSecondLevel extends SecondLevel {
    private static final int ACCESS = AccessType.READ | AccessType.WRITE | AccessType.FETCH;

    private final KvmVirtualMachine vm;

    TrappedSecondLevel(KvmVirtualMachine vm) {
        this.vm = vm;
    }

    @Override
    protected long translate(long gpa, int use, Walker walker) {
        GuestRam memory = vm.ram();
        boolean write = (use & AccessType.WRITE) != 0;
        boolean missing = gpa >= memory.bytes() || !vm.slots().isReached(gpa);
        if (missing || !memory.isBacked(gpa) || (write && memory.isProtected(gpa))) {
            long code = use & ACCESS | ((use & TABLE) == 0 ? ExitQualification.FINAL : 0);
            return walker.fail(Outcome.EPT_VIOLATION, gpa, code);
        }
        long rights =
                memory.isProtected(gpa)
                        ? SecondLevelTranslation.ALL & ~SecondLevelTranslation.WRITE
                        : SecondLevelTranslation.ALL;
        return SecondLevelTranslation.pack(
                gpa & -PageSize.SIZE_4K.bytes(),
                rights | SecondLevelTranslation.DIRTY,
                1,
                MemoryType.WB);
    }
}
