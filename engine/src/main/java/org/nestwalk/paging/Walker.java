package org.nestwalk.paging;

import org.nestwalk.bits.LinearAddress;
import org.nestwalk.bits.MemoryType;
import org.nestwalk.bits.PageFaultCode;
import org.nestwalk.bits.PagingEntry;
import org.nestwalk.bits.SecondLevelTranslation;
import org.nestwalk.memory.PhysicalMemory;

/// The walker: translates a linear address through the guest's tables, and each guest-physical
/// address on the way through the second level, exactly as the architecture prescribes.
///
/// The order of events is that of Intel SDM volume 3C, section 28.2.3.3: for each guest level,
/// first the second-level translation of the entry's address, then the entry; after the leaf, the
/// guest's own permissions; then accessed and dirty flags, root first; last, the second-level
/// translation of the access itself. Hence a second-level fault on a table beats any guest fault
/// below it, and a guest page fault beats a second-level fault on the data page.
///
/// A walk reads tables, sets flags and fills caches; it allocates nothing. Not thread-safe: one
/// walker per virtual CPU.
public final class Walker {
    final PhysicalMemory memory;
    final WalkVisitor visitor;
    final WalkResult result = new WalkResult();
    final boolean countsOnly;
    final boolean keepsSecondTables;
    WalkCaches caches;
    boolean cold;

    /// Whether caches have spared this walk reading entries, so that it is repeated if it fails.
    boolean shortened;

    private final WalkCaches configuredCaches;
    private boolean repeated;
    private final SecondLevel secondLevel;
    private final GuestPaging guest;
    private final Lookahead lookahead;

    private final long[] entryGpa = new long[6];
    private final long[] entryHpa = new long[6];
    private final long[] entries = new long[6];
    private final boolean[] updatable = new boolean[6];

    /// A walker for one virtual CPU.
    ///
    /// @param memory host-physical memory, which holds all tables
    /// @param secondLevel second-level tables, or [SecondLevel#NONE]
    /// @param visitor sees every step
    /// @param caches shorten walks
    public Walker(
            PhysicalMemory memory,
            GuestRegisters registers,
            PagingFeatures features,
            SecondLevel secondLevel,
            WalkVisitor visitor,
            WalkCaches caches) {
        this.memory = memory;
        this.guest = new GuestPaging(registers, features);
        this.secondLevel = secondLevel;
        this.visitor = visitor;
        this.configuredCaches = caches;
        this.caches = caches;
        this.cold = caches.equals(WalkCaches.NONE);
        this.countsOnly = visitor.countsOnly();
        this.keepsSecondTables = caches.keepsSecondTables();
        this.lookahead = new Lookahead(memory, secondLevel);
    }

    /// Makes later walks start at the root table that `cr3` addresses.
    public void loadRoot(long cr3) {
        guest.root = cr3 & PagingEntry.ADDRESS;
    }

    /// Reads ahead for walks that the accesses of `block` from index `from` to `to`, at most 32,
    /// may need. Changes nothing that a result depends on.
    public void lookAhead(long[] block, int from, int to) {
        if (guest.pagingEnabled) {
            lookahead.read(block, from, to);
        }
    }

    /// The result of the last walk.
    public WalkResult result() {
        return result;
    }

    /// Translates `linear` for an access of `type` (bits of [AccessType]).
    ///
    /// A walk that caches shortened and that failed is repeated from the root: a fault is reported
    /// as the tables in memory give it, and not as a stale cache does. One that read every entry
    /// already has seen the tables.
    ///
    /// @return how it ended; the rest is in [#result]
    public Outcome walk(long linear, int type) {
        if (repeated) {
            repeated = false;
            cold = false;
            caches = configuredCaches;
        }
        Outcome outcome = attempt(linear, type);
        return outcome == Outcome.OK || !shortened ? outcome : repeatFromRoot(linear, type);
    }

    /// Walks as [#walk] does and returns the result.
    public WalkResult find(long linear, int type) {
        walk(linear, type);
        return result;
    }

    private Outcome repeatFromRoot(long linear, int type) {
        repeated = true;
        cold = true;
        caches = WalkCaches.NONE;
        visitor.restarts();
        return attempt(linear, type);
    }

    private Outcome attempt(long linear, int type) {
        result.linear = linear;
        result.outcome = Outcome.OK;
        shortened = false;
        return guest.pagingEnabled ? walkTables(linear, type) : finishUnpaged(linear, type);
    }

    private Outcome walkTables(long linear, int type) {
        WalkResult out = result;
        if (!LinearAddress.isCanonical(linear, guest.levels)) {
            out.outcome = Outcome.GENERAL_PROTECTION;
            return out.outcome;
        }
        int start = caches.guestStart(linear);
        shortened |= start != 0;
        long cached = start == 0 ? 0 : caches.guestTable();
        int top = start == 0 ? guest.levels : start;
        int leaf = readTables(linear, type, top, cached);
        if (leaf == 0) {
            return out.outcome;
        }
        long entry = entries[leaf];
        long denied = guest.deny(type, entry, out.guestUser, out.guestWrite, out.guestNoExecute);
        if (denied != 0) {
            return pageFault(type, denied);
        }
        if (!setFlags(leaf, top, type)) {
            return out.outcome;
        }
        reportTables(linear, leaf, top, cached);
        if (leaf == 1) {
            lookahead.found(linear, entryHpa[1]);
        }
        entry = entries[leaf];
        out.guestLevel = leaf;
        out.guestDirty = (entry & PagingEntry.DIRTY) != 0;
        out.global = guest.globalPages && (entry & PagingEntry.GLOBAL) != 0;
        out.protectionKey = PagingEntry.protectionKey(entry);
        long offset = linear & (1L << 3 + 9 * leaf) - 1;
        int patType = MemoryType.ofPat(guest.pat, PagingEntry.patIndex(entry, leaf));
        return finish(PagingEntry.page(entry, leaf) | offset, type, patType);
    }

    /// Reads guest entries from the table at level `top` down to a leaf.
    ///
    /// @param cached the table at `top` as a [TablePointer], or 0 for the root
    /// @return the level of the leaf, or 0 after a failure
    private int readTables(long linear, int type, int top, long cached) {
        WalkResult out = result;
        boolean user = true;
        boolean write = true;
        boolean noExecute = false;
        long table = guest.root;
        if (cached != 0) {
            user = (cached & TablePointer.USER) != 0;
            write = (cached & TablePointer.WRITE) != 0;
            noExecute = (cached & TablePointer.EXECUTE) == 0;
        }
        for (int level = top; ; level--) {
            int index = 8 * LinearAddress.index(linear, level);
            long hpa;
            if (cached != 0 && level == top) {
                hpa = TablePointer.address(cached) + index;
                updatable[level] = (cached & TablePointer.UPDATABLE) != 0;
                entryGpa[level] = 0;
            } else {
                long gpa = table + index;
                visitor.secondLevelBegins(gpa, level);
                long translation =
                        secondLevel.translate(gpa, AccessType.READ | SecondLevel.TABLE, this);
                if (translation == 0) {
                    return 0;
                }
                entryGpa[level] = gpa;
                updatable[level] =
                        (translation
                                        & (SecondLevelTranslation.WRITE
                                                | SecondLevelTranslation.PAGING_WRITE))
                                != 0;
                hpa = SecondLevelTranslation.address(translation, gpa);
            }
            long entry = memory.read(hpa);
            visitor.reference(WalkVisitor.GUEST, level, hpa, entry);
            if (!PagingEntry.isPresent(entry)) {
                pageFault(type, 0);
                return 0;
            }
            boolean leaf = PagingEntry.isLeaf(entry, level);
            if ((entry & guest.reserved(level, leaf)) != 0) {
                pageFault(type, PageFaultCode.PROTECTION | PageFaultCode.RESERVED);
                return 0;
            }
            user &= (entry & PagingEntry.USER) != 0;
            write &= (entry & PagingEntry.WRITE) != 0;
            noExecute |= entry < 0;
            entryHpa[level] = hpa;
            entries[level] = entry;
            if (leaf) {
                out.guestUser = user;
                out.guestWrite = write;
                out.guestNoExecute = noExecute;
                return level;
            }
            table = PagingEntry.table(entry);
        }
    }

    /// Sets accessed flags in every entry read and the dirty flag of a written page, root first.
    ///
    /// The second-level translation of each entry is known from its read; what is left to judge is
    /// whether it lets the processor write. With EPT's own accessed and dirty flags, and on AMD,
    /// the read already asked for that.
    ///
    /// @return false after a second-level failure; flags set until then stay set
    private boolean setFlags(int leaf, int top, int type) {
        boolean write = (type & AccessType.WRITE) != 0;
        for (int level = top; level >= leaf; level--) {
            long old = entries[level];
            long dirty = write && level == leaf ? PagingEntry.DIRTY : 0;
            long updated = old | PagingEntry.ACCESSED | dirty;
            if (updated == old) {
                continue;
            }
            if (!updatable[level]) {
                visitor.secondLevelBegins(entryGpa[level], level);
                secondLevel.translate(
                        entryGpa[level],
                        AccessType.WRITE | SecondLevel.TABLE | SecondLevel.UPDATE,
                        this);
                return false;
            }
            entries[level] = updated;
            memory.setFlags(entryHpa[level], updated, (old & PagingEntry.ACCESSED) == 0);
            visitor.flagUpdate(WalkVisitor.GUEST, level, entryHpa[level], updated);
        }
        return true;
    }

    /// Tells the caches of the tables whose parent entries were read; only now, because an entry
    /// may be cached only once its accessed flag is set (Intel SDM volume 3A, section 4.10.3.1).
    private void reportTables(long linear, int leaf, int top, long cached) {
        if (cold) {
            return;
        }
        long rights = TablePointer.WRITE | TablePointer.USER | TablePointer.EXECUTE;
        if (cached != 0) {
            rights &= cached;
        }
        for (int level = top; level > leaf; level--) {
            long entry = entries[level];
            long granted =
                    ((entry & PagingEntry.WRITE) != 0 ? TablePointer.WRITE : 0)
                            | ((entry & PagingEntry.USER) != 0 ? TablePointer.USER : 0)
                            | (entry >= 0 ? TablePointer.EXECUTE : 0);
            rights &= granted;
            long update = updatable[level - 1] ? TablePointer.UPDATABLE : 0;
            caches.guestTableFound(
                    level - 1, linear, TablePointer.pack(entryHpa[level - 1], rights | update));
        }
    }

    /// With paging off, linear addresses are guest-physical ones, user pages that allow everything.
    private Outcome finishUnpaged(long linear, int type) {
        WalkResult out = result;
        out.guestUser = true;
        out.guestWrite = true;
        out.guestNoExecute = false;
        out.guestLevel = 1;
        out.guestDirty = true;
        out.global = false;
        out.protectionKey = 0;
        return finish(linear, type, MemoryType.WB);
    }

    private Outcome finish(long gpa, int type, int patType) {
        WalkResult out = result;
        out.gpa = gpa;
        visitor.secondLevelBegins(gpa, 0);
        int use =
                type & (AccessType.READ | AccessType.WRITE | AccessType.FETCH)
                        | (out.guestUser ? SecondLevel.USER_LINEAR : 0);
        long translation = secondLevel.translate(gpa, use, this);
        if (translation == 0) {
            return out.outcome;
        }
        out.second = translation;
        int under = SecondLevelTranslation.memoryType(translation);
        if (secondLevel.isIdentity()) {
            out.memoryType = patType;
        } else if (guest.cacheDisable) {
            out.memoryType = MemoryType.UC;
        } else if ((translation & SecondLevelTranslation.IGNORE_PAT) != 0) {
            out.memoryType = under;
        } else {
            out.memoryType = MemoryType.combine(patType, under);
        }
        return Outcome.OK;
    }

    private Outcome pageFault(int type, long cause) {
        result.code = guest.faultCode(type, cause);
        result.outcome = Outcome.PAGE_FAULT;
        return Outcome.PAGE_FAULT;
    }

    /// Reads a paging-structure entry for [SecondLevel#translate], and tells the visitor.
    ///
    /// @param level level of the table it is in, 5 to 1
    public long readSecond(int level, long hpa) {
        return readEntry(WalkVisitor.SECOND, level, hpa);
    }

    /// Reads an entry of either dimension for a [SecondLevel] that translates linear addresses as a
    /// whole, with paging off, and tells the visitor.
    ///
    /// @param level level of the table it is in, 5 to 1
    public long readEntry(int dimension, int level, long hpa) {
        long entry = memory.read(hpa);
        visitor.reference(dimension, level, hpa, entry);
        return entry;
    }

    /// Sets flags in an entry that such a [SecondLevel] has read, and tells the visitor.
    ///
    /// @param updated the entry with the flags
    public void setEntryFlags(int dimension, int level, long hpa, long updated) {
        memory.setFlags(hpa, updated, false);
        visitor.flagUpdate(dimension, level, hpa, updated);
    }

    /// Tells the visitor that references follow which are made at once, or that all have been.
    public void together(boolean begins) {
        visitor.together(begins);
    }

    /// The caches in use, to be told what was found, and looked up by [#nested] and [#secondStart];
    /// none while a failed walk is repeated from the root.
    public WalkCaches caches() {
        return caches;
    }

    /// Looks up a second-level translation for [SecondLevel#translate] as [WalkCaches#nested] does.
    public long nested(long gpa, long needed) {
        long translation = caches.nested(gpa, needed);
        shortened |= translation != 0;
        return translation;
    }

    /// Looks up a second-level table for [SecondLevel#translate] as [WalkCaches#secondStart] does.
    public int secondStart(long gpa) {
        int start = caches.secondStart(gpa);
        shortened |= start != 0;
        return start;
    }

    boolean isProtectedMode() {
        return guest.protectedMode;
    }

    /// Records a second-level failure at `gpa`; returns 0 for [SecondLevel#translate] to return.
    public long fail(Outcome outcome, long gpa, long code) {
        result.outcome = outcome;
        result.gpa = gpa;
        result.code = code;
        return 0;
    }
}
