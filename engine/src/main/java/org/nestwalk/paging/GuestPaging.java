package org.nestwalk.paging;

import org.nestwalk.bits.ControlRegisters;
import org.nestwalk.bits.PageFaultCode;
import org.nestwalk.bits.PagingEntry;

/// The rules of guest paging under given registers: what must be zero, and who may do what.
///
/// Source: Intel SDM volume 3A, sections 4.5 to 4.7.
final class GuestPaging {
    final boolean pagingEnabled;
    final int levels;
    long root;
    final long pat;
    final boolean globalPages;
    final boolean cacheDisable;
    final boolean protectedMode;
    private final boolean writeProtect;
    private final boolean smep;
    private final boolean smap;
    private final boolean reportsFetches;
    private final boolean userKeys;
    private final boolean supervisorKeys;
    private final long pkru;
    private final long pkrs;
    private final long[] tableReserved = new long[6];
    private final long[] leafReserved = new long[6];

    GuestPaging(GuestRegisters registers, PagingFeatures features) {
        pagingEnabled = (registers.cr0() & ControlRegisters.CR0_PG) != 0;
        protectedMode = (registers.cr0() & ControlRegisters.CR0_PE) != 0;
        cacheDisable = (registers.cr0() & ControlRegisters.CR0_CD) != 0;
        writeProtect = (registers.cr0() & ControlRegisters.CR0_WP) != 0;
        levels = (registers.cr4() & ControlRegisters.CR4_LA57) != 0 ? 5 : 4;
        globalPages = (registers.cr4() & ControlRegisters.CR4_PGE) != 0;
        smep = (registers.cr4() & ControlRegisters.CR4_SMEP) != 0;
        smap = (registers.cr4() & ControlRegisters.CR4_SMAP) != 0;
        userKeys = (registers.cr4() & ControlRegisters.CR4_PKE) != 0;
        supervisorKeys = (registers.cr4() & ControlRegisters.CR4_PKS) != 0;
        boolean noExecute = (registers.efer() & ControlRegisters.EFER_NXE) != 0;
        reportsFetches = noExecute || smep;
        root = registers.cr3() & PagingEntry.ADDRESS;
        pat = registers.pat();
        pkru = registers.pkru();
        pkrs = registers.pkrs();
        for (int level = 1; level <= 5; level++) {
            tableReserved[level] =
                    PagingEntry.reservedBits(
                            level,
                            false,
                            features.physicalBits(),
                            noExecute,
                            features.guestOneGiB(),
                            features.amd());
            leafReserved[level] =
                    PagingEntry.reservedBits(
                            level,
                            true,
                            features.physicalBits(),
                            noExecute,
                            features.guestOneGiB(),
                            features.amd());
        }
    }

    long reserved(int level, boolean leaf) {
        return leaf ? leafReserved[level] : tableReserved[level];
    }

    /// The error-code bits that a page fault adds to `cause` for an access of `type`.
    long faultCode(int type, long cause) {
        return cause
                | ((type & AccessType.WRITE) != 0 ? PageFaultCode.WRITE : 0)
                | ((type & AccessType.USER) != 0 ? PageFaultCode.USER : 0)
                | ((type & AccessType.FETCH) != 0 && reportsFetches ? PageFaultCode.FETCH : 0);
    }

    /// Judges an access to a present page: 0 if it is allowed, otherwise the cause bits of the
    /// fault's error code, [PageFaultCode#PROTECTION] and perhaps [PageFaultCode#PROTECTION_KEY].
    ///
    /// @param leaf the leaf entry, for its protection key
    /// @param user whether all entries allow user access
    /// @param write whether all entries allow writes
    /// @param noExecute whether any entry forbids execution
    long deny(int type, long leaf, boolean user, boolean write, boolean noExecute) {
        boolean byUser = (type & AccessType.USER) != 0;
        if ((type & AccessType.FETCH) != 0) {
            boolean denied = noExecute || (byUser ? !user : smep && user);
            return denied ? PageFaultCode.PROTECTION : 0;
        }
        boolean isWrite = (type & AccessType.WRITE) != 0;
        boolean denied = isWrite && !write && (byUser || writeProtect);
        if (byUser) {
            denied |= !user;
        } else if (smap && user) {
            denied |= (type & AccessType.IMPLICIT) != 0 || (type & AccessType.ALIGNMENT_CHECK) == 0;
        }
        if (deniedByKey(isWrite, byUser, leaf, user)) {
            return PageFaultCode.PROTECTION | PageFaultCode.PROTECTION_KEY;
        }
        return denied ? PageFaultCode.PROTECTION : 0;
    }

    /// Protection keys. AD forbids data accesses and WD writes, but with CR0.WP = 0 WD forbids only
    /// user-mode writes to user pages: PKRU's rule tells the modes of the access apart, that of
    /// PKRS, for supervisor pages, does not (Intel SDM volume 3A, section 4.6.2).
    private boolean deniedByKey(boolean isWrite, boolean byUser, long leaf, boolean user) {
        if (!(user ? userKeys : supervisorKeys)) {
            return false;
        }
        long rights = (user ? pkru : pkrs) >>> 2 * PagingEntry.protectionKey(leaf);
        boolean writesAreJudged = writeProtect || (user && byUser);
        return (rights & 1) != 0 || ((rights & 2) != 0 && isWrite && writesAreJudged);
    }
}
