package org.nestwalk.iommu;

import org.jspecify.annotations.Nullable;
import org.nestwalk.memory.PhysicalMemory;
import org.nestwalk.paging.GuestRegisters;
import org.nestwalk.paging.PagingFeatures;
import org.nestwalk.paging.SecondLevel;
import org.nestwalk.paging.SecondStageTables;
import org.nestwalk.paging.WalkVisitor;
import org.nestwalk.paging.Walker;

/// How the requests of one device with one PASID, or without, are translated: what its context
/// entry and its PASID entry say, as a unit remembers it.
///
/// @param source who asks
/// @param pasid of the requests, or [RemappingUnit#NO_PASID]
/// @param blocked why all requests are refused; null if they are not
/// @param quiet whether faults are not recorded
/// @param deviceTlb whether the device may have a TLB
/// @param pageRequests whether the device may ask for pages
/// @param domain whose entries in caches these are
/// @param stages what translates; null where addresses are host-physical ones
record AddressSpace(
        int source,
        int pasid,
        @Nullable FaultReason blocked,
        boolean quiet,
        boolean deviceTlb,
        boolean pageRequests,
        int domain,
        @Nullable Stages stages) {

    /// The tables of an address space.
    ///
    /// @param hasFirst whether there is a first stage
    /// @param context of translations in the IOTLB
    /// @param width bits of addresses
    /// @param walker goes through them
    record Stages(boolean hasFirst, int context, int width, Walker walker) {}

    /// One whose requests are refused.
    static AddressSpace blocked(int source, int pasid, FaultReason reason, boolean quiet) {
        return new AddressSpace(source, pasid, reason, quiet, false, false, 0, null);
    }

    /// Makes walkers for a unit.
    ///
    /// @param settings of the unit
    /// @param memory as the unit reads it
    /// @param caches of the unit
    /// @param visitor of all walks
    record Maker(
            UnitSettings settings,
            PhysicalMemory memory,
            TranslationCaches caches,
            WalkVisitor visitor) {

        /// The second stage at `root`.
        SecondLevel second(long root, int levels, boolean accessedDirty) {
            return new SecondStageTables(
                    root, levels, accessedDirty, settings.snoopControl(), features());
        }

        private PagingFeatures features() {
            return new PagingFeatures(
                    settings.hostBits(), true, settings.oneGiB(), false, false, false);
        }

        /// Addresses that go through `second` alone.
        Stages only(SecondLevel second, int levels, int domain) {
            int context = caches.context(domain, TranslationCaches.SECOND, 0);
            return new Stages(
                    false,
                    context,
                    3 + 9 * (levels + 1),
                    walker(GuestRegisters.paging(0, 0).withoutPaging(), second, context, context));
        }

        /// Addresses that go through the first stage at `root`, and then through `second`.
        Stages first(long root, long cr4, SecondLevel second, int domain, int pasid) {
            int stage = second.isIdentity() ? TranslationCaches.FIRST : TranslationCaches.NESTED;
            int context = caches.context(domain, stage, pasid);
            int under = caches.context(domain, TranslationCaches.SECOND, 0);
            return new Stages(
                    true,
                    context,
                    64,
                    walker(GuestRegisters.paging(root, cr4), second, context, under));
        }

        private Walker walker(
                GuestRegisters registers, SecondLevel second, int context, int under) {
            return new Walker(
                    memory,
                    registers,
                    features(),
                    second,
                    visitor,
                    caches.forWalks(context, under));
        }
    }
}
