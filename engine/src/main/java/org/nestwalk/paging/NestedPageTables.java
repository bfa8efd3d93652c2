package org.nestwalk.paging;

import static org.nestwalk.bits.SecondLevelTranslation.EXECUTE;
import static org.nestwalk.bits.SecondLevelTranslation.READ;
import static org.nestwalk.bits.SecondLevelTranslation.USER_EXECUTE;
import static org.nestwalk.bits.SecondLevelTranslation.WRITE;

import org.nestwalk.bits.ControlRegisters;
import org.nestwalk.bits.MemoryType;
import org.nestwalk.bits.PageFaultCode;
import org.nestwalk.bits.PagingEntry;
import org.nestwalk.bits.SecondLevelTranslation;

/// AMD's nested page tables: the second level of an SVM guest, in the host's own paging format.
///
/// Every access through them is a user-mode one, and every step of the guest's walk is a write.
///
/// They have the levels of the host's own paging, and 4 levels translate 48 address bits. A guest's
/// entries may hold wider addresses all the same: they are judged by the guest-physical width,
/// CPUID Fn8000_0008 EAX GuestPhysAddrSize or, where that is 0 as on every processor, PhysAddrSize.
/// What lies at 2^48 and above, no entry translates: a nested page fault for a page that is not
/// present, whose EXITINFO2 is the whole address (`designs/014-rules-read-again.md`).
///
/// Sources: AMD APM volume 2, sections 5.3, 15.25.3 and 15.25.5 to 15.25.7; volume 3, section
/// E.4.7.
public final class NestedPageTables extends RadixSecondLevel {
    private final boolean reportsFetches;
    private final long[] tableReserved = new long[6];
    private final long[] leafReserved = new long[6];

    /// The tables that the VMCB names.
    ///
    /// @param ncr3 bits 51:12 address the root
    /// @param hostCr4 the host's CR4: LA57 selects 5 levels; SMEP lets faults report fetches
    /// @param hostEfer the host's EFER: NXE gives bit 63 its meaning
    public NestedPageTables(long ncr3, long hostCr4, long hostEfer, PagingFeatures features) {
        super(
                (hostCr4 & ControlRegisters.CR4_LA57) != 0 ? 5 : 4,
                ncr3 & PagingEntry.ADDRESS,
                PagingEntry.DIRTY);
        boolean noExecute = (hostEfer & ControlRegisters.EFER_NXE) != 0;
        this.reportsFetches = noExecute || (hostCr4 & ControlRegisters.CR4_SMEP) != 0;
        for (int level = 1; level <= 5; level++) {
            tableReserved[level] =
                    PagingEntry.reservedBits(
                            level,
                            false,
                            features.physicalBits(),
                            noExecute,
                            features.secondOneGiB(),
                            features.amd());
            leafReserved[level] =
                    PagingEntry.reservedBits(
                            level,
                            true,
                            features.physicalBits(),
                            noExecute,
                            features.secondOneGiB(),
                            features.amd());
        }
        for (int level = 1; level <= 3; level++) {
            long granted = PagingEntry.PRESENT | PagingEntry.WRITE | PagingEntry.USER;
            long large = level == 1 ? 0 : PagingEntry.LARGE;
            definePlain(
                    level,
                    PagingEntry.NO_EXECUTE,
                    granted | PagingEntry.ACCESSED | large,
                    leafReserved[level]);
        }
    }

    @Override
    long neededRights(int use) {
        return READ | (isWrite(use) ? WRITE : 0) | (isFetch(use) ? EXECUTE : 0);
    }

    @Override
    boolean isWrite(int use) {
        return (use & (AccessType.WRITE | TABLE)) != 0;
    }

    private static boolean isFetch(int use) {
        return (use & AccessType.FETCH) != 0 && (use & TABLE) == 0;
    }

    @Override
    long outOfRange(long gpa, int use, Walker walker) {
        return fault(gpa, use, 0, walker);
    }

    @Override
    boolean isPresent(long entry) {
        return PagingEntry.isPresent(entry);
    }

    @Override
    boolean isIllFormed(long entry, int level, boolean leaf) {
        return (entry & (leaf ? leafReserved[level] : tableReserved[level])) != 0;
    }

    @Override
    long refuseForm(long gpa, int use, Walker walker) {
        return fault(gpa, use, PageFaultCode.PROTECTION | PageFaultCode.RESERVED, walker);
    }

    @Override
    long refuse(long gpa, int use, long rights, long entry, Walker walker) {
        return fault(gpa, use, (rights & PRESENT) != 0 ? PageFaultCode.PROTECTION : 0, walker);
    }

    @Override
    long translation(long entry, int level, long rights) {
        long dirty = (entry & PagingEntry.DIRTY) != 0 ? SecondLevelTranslation.DIRTY : 0;
        return SecondLevelTranslation.pack(
                PagingEntry.page(entry, level), rights | dirty, level, MemoryType.WB);
    }

    /// A page without U cannot be used at all, since nested accesses are user-mode ones.
    @Override
    long rightsOf(long entry) {
        if ((entry & PagingEntry.USER) == 0) {
            return 0;
        }
        return READ | (entry & PagingEntry.WRITE) | (entry >= 0 ? EXECUTE | USER_EXECUTE : 0);
    }

    @Override
    boolean setAllFlags(long gpa, int leafLevel, int top, boolean write, Walker walker) {
        for (int level = top; level >= leafLevel; level--) {
            long old = pathEntry[level];
            long updated =
                    old
                            | PagingEntry.ACCESSED
                            | (write && level == leafLevel ? PagingEntry.DIRTY : 0);
            if (updated != old) {
                setFlags(level, updated, PagingEntry.ACCESSED, walker);
            }
        }
        return true;
    }

    long fault(long gpa, int use, long cause, Walker walker) {
        long code = cause | PageFaultCode.USER;
        if (isWrite(use)) {
            code |= PageFaultCode.WRITE;
        }
        if (isFetch(use) && reportsFetches) {
            code |= PageFaultCode.FETCH;
        }
        code |= (use & TABLE) != 0 ? PageFaultCode.NESTED_TABLE : PageFaultCode.NESTED_FINAL;
        return walker.fail(Outcome.NESTED_PAGE_FAULT, gpa, code);
    }
}
