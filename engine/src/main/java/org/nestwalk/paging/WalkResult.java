package org.nestwalk.paging;

import org.nestwalk.bits.PageSize;
import org.nestwalk.bits.SecondLevelTranslation;

/// What the last walk found. One object per walker, overwritten by each walk; which fields hold
/// something depends on [#outcome].
public final class WalkResult {
    Outcome outcome = Outcome.OK;
    long linear;
    long gpa;
    long second;
    long code;
    int guestLevel;
    int memoryType;
    boolean guestWrite;
    boolean guestUser;
    boolean guestNoExecute;
    boolean guestDirty;
    boolean global;
    int protectionKey;

    WalkResult() {}

    /// How the walk ended.
    public Outcome outcome() {
        return outcome;
    }

    /// The linear address (CR2 of a page fault, the guest linear address of a violation).
    public long linearAddress() {
        return linear;
    }

    /// The guest-physical address: of the access if it succeeded, otherwise the one whose
    /// second-level translation failed (EXITINFO2 on AMD).
    public long guestPhysicalAddress() {
        return gpa;
    }

    /// The host-physical address of a successful access.
    public long hostPhysicalAddress() {
        return SecondLevelTranslation.address(second, gpa);
    }

    /// #PF error code, exit qualification or EXITINFO1, by outcome.
    public long code() {
        return code;
    }

    /// The guest's page size, or 4 KiB if guest paging is off.
    public PageSize guestPageSize() {
        return PageSize.ofLevel(guestLevel);
    }

    /// The second level's page size.
    public PageSize secondPageSize() {
        return PageSize.ofLevel(SecondLevelTranslation.level(second));
    }

    /// The level of the smaller of both pages, 1 to 3: the largest page a TLB entry may cover.
    public int effectiveLevel() {
        return Math.min(guestLevel, SecondLevelTranslation.level(second));
    }

    /// The level of the guest's page, 1 to 3.
    public int guestPageLevel() {
        return guestLevel;
    }

    /// The final second-level translation, packed by [SecondLevelTranslation].
    public long secondLevel() {
        return second;
    }

    /// The effective memory type under EPT; without a second level, the PAT's (the MTRRs are not
    /// modelled). See [org.nestwalk.bits.MemoryType].
    public int memoryType() {
        return memoryType;
    }

    /// Whether every guest entry allows writes.
    public boolean guestWritable() {
        return guestWrite;
    }

    /// Whether every guest entry allows user-mode accesses.
    public boolean guestUser() {
        return guestUser;
    }

    /// Whether some guest entry forbids execution.
    public boolean guestNoExecute() {
        return guestNoExecute;
    }

    /// Whether a write through this translation would set no flag, in either dimension.
    public boolean dirty() {
        return guestDirty && (second & SecondLevelTranslation.DIRTY) != 0;
    }

    /// Whether the guest's leaf entry is global (and CR4.PGE is set).
    public boolean global() {
        return global;
    }

    /// The protection key of the guest's leaf entry.
    public int protectionKey() {
        return protectionKey;
    }
}
