package org.nestwalk.iommu;

import java.util.HashMap;
import java.util.Map;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;
import org.nestwalk.bits.ControlRegisters;
import org.nestwalk.iommu.AddressSpace.Stages;
import org.nestwalk.iommu.table.ContextEntry;
import org.nestwalk.iommu.table.PasidEntry;
import org.nestwalk.iommu.table.RootEntry;
import org.nestwalk.paging.SecondLevel;

/// Finds how a request is translated, through root, context and PASID tables, and remembers it: the
/// context cache and the PASID cache, which forget when they are told. What is not present is
/// remembered in caching mode only.
///
/// Source: VT-d specification, sections 3.4, 6.2.2 and 6.2.3.
final class ContextLookup {
    private final UnitSettings settings;
    private final BoundedMemory memory;
    private final AddressSpace.Maker maker;
    private final Map<Long, AddressSpace> known = new HashMap<>();
    private long root;

    ContextLookup(UnitSettings settings, BoundedMemory memory, AddressSpace.Maker maker) {
        this.settings = settings;
        this.memory = memory;
        this.maker = maker;
    }

    /// Sets the root table's address, with [RootEntry#SCALABLE] or without.
    void setRoot(long address) {
        root = address;
    }

    boolean isScalable() {
        return (root & RootEntry.SCALABLE) != 0;
    }

    /// How a request of `source` with `pasid` is translated.
    AddressSpace find(int source, int pasid) {
        long key = (long) source << 32 | pasid & 0xffff_ffffL;
        AddressSpace space = known.get(key);
        if (space == null) {
            space = isScalable() ? scalable(source, pasid) : legacy(source, pasid);
            if (space.blocked() == null || settings.cachingMode()) {
                known.put(key, space);
            }
        }
        return space;
    }

    /// Forgets what `condition` says.
    void forget(Predicate<AddressSpace> condition) {
        known.values().removeIf(condition);
    }

    private AddressSpace legacy(int source, int pasid) {
        if (pasid != RemappingUnit.NO_PASID) {
            return blocked(source, pasid, FaultReason.PASID_IN_LEGACY_MODE);
        }
        long at = (root & -4096) + (long) (source >>> 8) * RootEntry.BYTES;
        long half = memory.read(at);
        long other = memory.read(at + 8);
        if (memory.hasFailed()) {
            return blocked(source, pasid, FaultReason.ROOT_UNREADABLE);
        }
        if ((half & RootEntry.PRESENT) == 0) {
            return blocked(source, pasid, FaultReason.ROOT_NOT_PRESENT);
        }
        if (isReserved(half, RootEntry.RESERVED) || other != 0) {
            return blocked(source, pasid, FaultReason.ROOT_RESERVED);
        }
        long entry = RootEntry.table(half) + (long) (source & 0xff) * ContextEntry.LEGACY_BYTES;
        long low = memory.read(entry);
        long high = memory.read(entry + 8);
        if (memory.hasFailed()) {
            return blocked(source, pasid, FaultReason.CONTEXT_UNREADABLE);
        }
        return legacy(source, low, high);
    }

    private AddressSpace legacy(int source, long low, long high) {
        int none = RemappingUnit.NO_PASID;
        boolean quiet = (low & ContextEntry.FAULTS_DISABLED) != 0;
        if ((low & ContextEntry.PRESENT) == 0) {
            return AddressSpace.blocked(source, none, FaultReason.CONTEXT_NOT_PRESENT, quiet);
        }
        if (isReserved(low, ContextEntry.LEGACY_RESERVED_LOW)
                || (high & ContextEntry.LEGACY_RESERVED_HIGH) != 0) {
            return AddressSpace.blocked(source, none, FaultReason.CONTEXT_RESERVED, quiet);
        }
        int type = ContextEntry.type(low);
        int levels = ContextEntry.levels(high);
        if (!isSupported(levels) || type > ContextEntry.PASS_THROUGH) {
            return AddressSpace.blocked(source, none, FaultReason.CONTEXT_INVALID, quiet);
        }
        int domain = ContextEntry.domain(high);
        Stages stages =
                type == ContextEntry.PASS_THROUGH
                        ? null
                        : maker.only(
                                maker.second(ContextEntry.address(low), levels, false),
                                levels,
                                domain);
        boolean tlb = type == ContextEntry.DEVICE_TLB;
        return new AddressSpace(source, none, null, quiet, tlb, tlb, domain, stages);
    }

    private AddressSpace scalable(int source, int pasid) {
        long at =
                (root & -4096)
                        + (long) (source >>> 8) * RootEntry.BYTES
                        + ((source & 0x80) != 0 ? 8 : 0);
        long half = memory.read(at);
        if (memory.hasFailed()) {
            return blocked(source, pasid, FaultReason.SCALABLE_ROOT_UNREADABLE);
        }
        if ((half & RootEntry.PRESENT) == 0) {
            return blocked(source, pasid, FaultReason.SCALABLE_ROOT_NOT_PRESENT);
        }
        if (isReserved(half, RootEntry.RESERVED)) {
            return blocked(source, pasid, FaultReason.SCALABLE_ROOT_RESERVED);
        }
        long entry = RootEntry.table(half) + (long) (source & 0x7f) * ContextEntry.SCALABLE_BYTES;
        long word = memory.read(entry);
        long pasids = memory.read(entry + 8);
        if (memory.hasFailed()) {
            return blocked(source, pasid, FaultReason.SCALABLE_CONTEXT_UNREADABLE);
        }
        boolean quiet = (word & ContextEntry.FAULTS_DISABLED) != 0;
        FaultReason refused = refusal(word, pasids, pasid);
        if (refused != null) {
            return AddressSpace.blocked(source, pasid, refused, quiet);
        }
        int number = pasid == RemappingUnit.NO_PASID ? (int) pasids : pasid;
        return directory(source, pasid, number, word);
    }

    private @Nullable FaultReason refusal(long word, long pasids, int pasid) {
        if ((word & ContextEntry.PRESENT) == 0) {
            return FaultReason.SCALABLE_CONTEXT_NOT_PRESENT;
        }
        if (isReserved(word, ContextEntry.SCALABLE_RESERVED) || pasids >>> 20 != 0) {
            return FaultReason.SCALABLE_CONTEXT_RESERVED;
        }
        if (pasid != RemappingUnit.NO_PASID && (word & ContextEntry.SCALABLE_PASIDS) == 0) {
            return FaultReason.PASIDS_BLOCKED;
        }
        return null;
    }

    /// @param number of the entry, which for requests without a PASID the context entry says
    private AddressSpace directory(int source, int pasid, int number, long context) {
        boolean quiet = (context & ContextEntry.FAULTS_DISABLED) != 0;
        if (number / PasidEntry.ENTRIES >= ContextEntry.directoryEntries(context)) {
            return AddressSpace.blocked(source, pasid, FaultReason.PASID_TOO_LARGE, quiet);
        }
        long pointer =
                memory.read(ContextEntry.address(context) + 8L * (number / PasidEntry.ENTRIES));
        if (memory.hasFailed()) {
            return AddressSpace.blocked(source, pasid, FaultReason.DIRECTORY_UNREADABLE, quiet);
        }
        quiet |= (pointer & PasidEntry.FAULTS_DISABLED) != 0;
        if ((pointer & PasidEntry.PRESENT) == 0) {
            return AddressSpace.blocked(source, pasid, FaultReason.DIRECTORY_NOT_PRESENT, quiet);
        }
        if (isReserved(pointer, 0xffc)) {
            return AddressSpace.blocked(source, pasid, FaultReason.DIRECTORY_RESERVED, quiet);
        }
        long entry =
                PasidEntry.address(pointer)
                        + (long) (number % PasidEntry.ENTRIES) * PasidEntry.BYTES;
        long low = memory.read(entry);
        long domain = memory.read(entry + 8);
        long first = memory.read(entry + 16);
        if (memory.hasFailed()) {
            return AddressSpace.blocked(source, pasid, FaultReason.PASID_UNREADABLE, quiet);
        }
        quiet |= (low & PasidEntry.FAULTS_DISABLED) != 0;
        FaultReason refused = refusal(low, first);
        if (refused != null) {
            return AddressSpace.blocked(source, pasid, refused, quiet);
        }
        return new AddressSpace(
                source,
                pasid,
                null,
                quiet,
                (context & ContextEntry.SCALABLE_DEVICE_TLB) != 0,
                (context & ContextEntry.SCALABLE_PAGE_REQUESTS) != 0,
                (int) domain & 0xffff,
                stages(low, (int) domain & 0xffff, first, number));
    }

    private @Nullable FaultReason refusal(long low, long first) {
        if ((low & PasidEntry.PRESENT) == 0) {
            return FaultReason.PASID_NOT_PRESENT;
        }
        if (isReserved(low, PasidEntry.RESERVED) || isReserved(first, 0)) {
            return FaultReason.PASID_RESERVED;
        }
        int type = PasidEntry.type(low);
        boolean hasSecond = type == PasidEntry.SECOND || type == PasidEntry.NESTED;
        boolean hasFirst = type == PasidEntry.FIRST || type == PasidEntry.NESTED;
        return type == 0
                        || type > PasidEntry.PASS_THROUGH
                        || hasSecond && !isSupported(PasidEntry.levels(low))
                        || hasFirst && PasidEntry.firstMode(first) > 1
                ? FaultReason.PASID_INVALID
                : null;
    }

    private @Nullable Stages stages(long low, int domain, long first, int pasid) {
        int type = PasidEntry.type(low);
        if (type == PasidEntry.PASS_THROUGH) {
            return null;
        }
        int levels = PasidEntry.levels(low);
        boolean accessedDirty = (low & PasidEntry.ACCESSED_DIRTY) != 0;
        SecondLevel second =
                type == PasidEntry.FIRST
                        ? SecondLevel.NONE
                        : maker.second(PasidEntry.address(low), levels, accessedDirty);
        long cr4 = PasidEntry.firstMode(first) == 1 ? ControlRegisters.CR4_LA57 : 0;
        return type == PasidEntry.SECOND
                ? maker.only(second, levels, domain)
                : maker.first(PasidEntry.address(first), cr4, second, domain, pasid);
    }

    private static boolean isSupported(int levels) {
        return levels == 4 || levels == 5;
    }

    /// Whether `word`, which has an address, has reserved bits, those of `low` or beyond the host's
    /// width.
    private boolean isReserved(long word, long low) {
        return (word & (low | -1L << settings.hostBits())) != 0;
    }

    private static AddressSpace blocked(int source, int pasid, FaultReason reason) {
        return AddressSpace.blocked(source, pasid, reason, false);
    }
}
