package org.nestwalk.paging;

import static org.nestwalk.bits.SecondLevelTranslation.EXECUTE;
import static org.nestwalk.bits.SecondLevelTranslation.READ;
import static org.nestwalk.bits.SecondLevelTranslation.USER_EXECUTE;
import static org.nestwalk.bits.SecondLevelTranslation.WRITE;

import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;
import org.nestwalk.bits.EptEntry;
import org.nestwalk.bits.ExitQualification;
import org.nestwalk.bits.MemoryType;
import org.nestwalk.bits.SecondLevelTranslation;

/// Intel's extended page tables: the second level in VMX non-root operation.
///
/// A walk judges presence and form entry by entry as it descends, permissions only at its end, and
/// sets flags only if all is well. Source: Intel SDM volume 3C, section 28.2.
public final class ExtendedPageTables extends RadixSecondLevel {
    /// EPTP bit 6: accessed and dirty flags are enabled.
    public static final long ACCESSED_DIRTY = 1L << 6;

    private final boolean accessedDirty;
    private final boolean modeBasedExecute;
    private final boolean executeOnly;
    private final boolean advancedInformation;
    private final long presentBits;
    private final long executeBits;
    private final long[] tableReserved = new long[6];
    private final long[] leafReserved = new long[6];
    private @Nullable LongSupplier subPages;
    private final @Nullable PageModificationLog log;
    private final @Nullable VirtualizationExceptionArea exceptions;

    /// The tables that an EPT pointer names.
    ///
    /// @param eptp bits 51:12 address the root, bits 5:3 are the number of levels less one (3 or
    ///   4), bit 6 enables accessed and dirty flags
    /// @param modeBasedExecute whether fetches from user-mode linear addresses have a permission of
    ///   their own (secondary processor-based control 22)
    /// @param log the page-modification log, or null; used only with accessed and dirty flags
    /// @param exceptions where convertible violations are delivered as #VE, or null
    public ExtendedPageTables(
            long eptp,
            boolean modeBasedExecute,
            PagingFeatures features,
            @Nullable PageModificationLog log,
            @Nullable VirtualizationExceptionArea exceptions) {
        super(
                (int) (eptp >>> 3 & 7) + 1,
                eptp & EptEntry.ADDRESS,
                (eptp & ACCESSED_DIRTY) != 0 ? EptEntry.DIRTY : 0);
        this.accessedDirty = (eptp & ACCESSED_DIRTY) != 0;
        this.modeBasedExecute = modeBasedExecute;
        this.executeOnly = features.executeOnly();
        this.advancedInformation = features.advancedExitInformation();
        this.executeBits =
                modeBasedExecute ? EptEntry.EXECUTE | EptEntry.USER_EXECUTE : EptEntry.EXECUTE;
        this.presentBits = EptEntry.READ | EptEntry.WRITE | executeBits;
        for (int level = 1; level <= 5; level++) {
            tableReserved[level] =
                    EptEntry.reservedBits(
                            level, false, features.physicalBits(), features.secondOneGiB());
            leafReserved[level] =
                    EptEntry.reservedBits(
                            level, true, features.physicalBits(), features.secondOneGiB());
        }
        long granted = presentBits | EptEntry.EXECUTE | EptEntry.ofMemoryType(MemoryType.WB);
        long accessed = accessedDirty ? EptEntry.ACCESSED : 0;
        for (int level = 1; level <= 3; level++) {
            long large = level == 1 ? 0 : EptEntry.LARGE;
            definePlain(
                    level,
                    granted | EptEntry.ofMemoryType(7),
                    granted | accessed | large,
                    leafReserved[level]);
        }
        this.log = log;
        this.exceptions = exceptions;
    }

    /// Lets some writes through that EPT refuses: those of the processor to flags of guest tables
    /// where an entry has [EptEntry#PAGING_WRITE], which it always looks at from then on, and those
    /// to parts of pages with [EptEntry#SUB_PAGES].
    ///
    /// @param subPages the root of a [SubPageTable], or -1 while there are no such parts
    public void letThrough(LongSupplier subPages) {
        this.subPages = subPages;
    }

    /// An EPT pointer for a root table.
    public static long pointer(long root, int levels, boolean accessedDirty) {
        return root
                | (long) (levels - 1) << 3
                | MemoryType.WB
                | (accessedDirty ? ACCESSED_DIRTY : 0);
    }

    @Override
    long outOfRange(long gpa, int use, Walker walker) {
        return violation(gpa, use, 0, 0, walker);
    }

    @Override
    boolean isPresent(long entry) {
        return (entry & presentBits) != 0;
    }

    @Override
    long refuseForm(long gpa, int use, Walker walker) {
        return walker.fail(Outcome.EPT_MISCONFIGURATION, gpa, 0);
    }

    @Override
    long refuse(long gpa, int use, long rights, long entry, Walker walker) {
        return violation(gpa, use, rights, entry, walker);
    }

    @Override
    boolean setAllFlags(long gpa, int leafLevel, int top, boolean write, Walker walker) {
        return !accessedDirty
                || !needsFlags(leafLevel, top, write)
                || setFlags(gpa, leafLevel, top, write, walker);
    }

    @Override
    boolean letsThrough(long refused, int level, long gpa, int use, long entry, Walker walker) {
        if (subPages == null || refused != WRITE || level != 1) {
            return false;
        }
        if ((use & TABLE) != 0) {
            return (entry & EptEntry.PAGING_WRITE) != 0;
        }
        long table = (entry & EptEntry.SUB_PAGES) != 0 ? subPages.getAsLong() : -1;
        return table != -1 && SubPageTable.allows(table, gpa, walker);
    }

    @Override
    long translation(long entry, int level, long rights) {
        long dirty =
                !accessedDirty || (entry & EptEntry.DIRTY) != 0 ? SecondLevelTranslation.DIRTY : 0;
        return SecondLevelTranslation.pack(
                EptEntry.page(entry, level),
                rights | dirty | pagingWrite(entry, level) | (entry & EptEntry.IGNORE_PAT) >>> 1,
                level,
                EptEntry.memoryType(entry));
    }

    private long pagingWrite(long entry, int level) {
        return subPages != null && level == 1 && (entry & EptEntry.PAGING_WRITE) != 0
                ? SecondLevelTranslation.PAGING_WRITE
                : 0;
    }

    @Override
    boolean isWrite(int use) {
        return (use & (AccessType.WRITE | UPDATE)) != 0 || isTableWrite(use);
    }

    /// With accessed and dirty flags enabled, the processor treats its reads of guest tables as
    /// writes (Intel SDM volume 3C, section 28.2.4).
    private boolean isTableWrite(int use) {
        return accessedDirty && (use & TABLE) != 0;
    }

    @Override
    long neededRights(int use) {
        if ((use & UPDATE) != 0) {
            return READ | WRITE;
        }
        if ((use & TABLE) != 0) {
            return accessedDirty ? READ | WRITE : READ;
        }
        if ((use & AccessType.FETCH) != 0) {
            return modeBasedExecute && (use & USER_LINEAR) != 0 ? USER_EXECUTE : EXECUTE;
        }
        return (use & AccessType.WRITE) != 0 ? WRITE : READ;
    }

    @Override
    boolean isIllFormed(long entry, int level, boolean leaf) {
        long reserved = leaf ? leafReserved[level] : tableReserved[level];
        return (entry & reserved) != 0
                || EptEntry.hasIllegalPermissions(entry, executeBits, executeOnly)
                || (leaf && !MemoryType.isValidForEpt(EptEntry.memoryType(entry)));
    }

    @Override
    long rightsOf(long entry) {
        long user = modeBasedExecute ? entry >>> 10 & 1 : entry >>> 2 & 1;
        return (entry & (READ | WRITE | EXECUTE)) | user << 3;
    }

    private boolean needsFlags(int leafLevel, int top, boolean write) {
        if (write && (pathEntry[leafLevel] & EptEntry.DIRTY) == 0) {
            return true;
        }
        for (int level = top; level >= leafLevel; level--) {
            if ((pathEntry[level] & EptEntry.ACCESSED) == 0) {
                return true;
            }
        }
        return false;
    }

    /// Sets what is missing, or exits first if the log is full, whichever flag it is (SDM 28.2.5).
    private boolean setFlags(long gpa, int leafLevel, int top, boolean write, Walker walker) {
        if (log != null && log.isFull()) {
            walker.fail(Outcome.PML_FULL, gpa, 0);
            return false;
        }
        for (int level = top; level >= leafLevel; level--) {
            long old = pathEntry[level];
            boolean dirties = write && level == leafLevel && (old & EptEntry.DIRTY) == 0;
            long updated = old | EptEntry.ACCESSED | (dirties ? EptEntry.DIRTY : 0);
            if (updated != old) {
                setFlags(level, updated, EptEntry.ACCESSED, walker);
            }
            if (dirties && log != null) {
                log.append(gpa);
            }
        }
        return true;
    }

    private long violation(long gpa, int use, long rights, long lastEntry, Walker walker) {
        long qualification = accessBits(use) | ExitQualification.LINEAR_VALID;
        qualification |= (rights & (READ | WRITE | EXECUTE)) << 3;
        if (modeBasedExecute) {
            qualification |= (rights & USER_EXECUTE) << 3;
        }
        if ((use & TABLE) == 0) {
            qualification |= ExitQualification.FINAL;
            if (advancedInformation) {
                qualification |= advancedInformation(walker.result);
            }
        }
        // Only the walk whose outcome counts delivers: the area is busy afterwards.
        if (exceptions != null
                && !walker.shortened
                && (lastEntry & EptEntry.SUPPRESS_VE) == 0
                && walker.isProtectedMode()
                && !exceptions.isBusy()) {
            exceptions.describe(qualification, walker.result.linear, gpa);
            return walker.fail(Outcome.VIRTUALIZATION_EXCEPTION, gpa, qualification);
        }
        return walker.fail(Outcome.EPT_VIOLATION, gpa, qualification);
    }

    private long accessBits(int use) {
        if ((use & UPDATE) != 0 || isTableWrite(use)) {
            return ExitQualification.READ | ExitQualification.WRITE;
        }
        if ((use & TABLE) != 0) {
            return ExitQualification.READ;
        }
        return use & (AccessType.READ | AccessType.WRITE | AccessType.FETCH);
    }

    private static long advancedInformation(WalkResult result) {
        return (result.guestUser ? ExitQualification.USER_PAGE : 0)
                | (result.guestWrite ? ExitQualification.WRITABLE_PAGE : 0)
                | (result.guestNoExecute ? ExitQualification.NO_EXECUTE_PAGE : 0);
    }
}
