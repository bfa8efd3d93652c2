package org.nestwalk.mmu.tlb;

import java.util.Set;

/// Which cached translations an operation invalidates; what it does not name, it keeps.
///
/// Made by [Invalidations] and applied by every structure that caches translations.
///
/// @param kinds kinds of mappings affected
/// @param vpid VPID of the linear and combined mappings affected, [#ANY] or [#ANY_BUT_ZERO]
/// @param pcid PCID of the linear and combined mappings affected, or [#ANY]
/// @param ep4ta EP4TA of the guest-physical and combined mappings affected, or [#ANY]
/// @param globals whether global translations are affected, which belong to every PCID
/// @param extent how much of those address spaces
/// @param address the address that limits it, unless the extent is [Extent#ALL]: linear, or
///   guest-physical where only guest-physical mappings are affected
public record InvalidationScope(
        Set<MappingKind> kinds,
        int vpid,
        int pcid,
        long ep4ta,
        boolean globals,
        Extent extent,
        long address) {

    /// Matches every VPID, PCID or EP4TA.
    public static final int ANY = -3;

    /// Matches every VPID except 0.
    public static final int ANY_BUT_ZERO = -4;

    /// How much of an address space is affected.
    public enum Extent {
        /// Everything.
        ALL,
        /// TLB entries and paging-structure-cache entries that translate the address.
        ADDRESS,
        /// TLB entries that translate the address, and all paging-structure-cache entries.
        ADDRESS_AND_ALL_STRUCTURES
    }

    /// Copies the set.
    public InvalidationScope {
        kinds = Set.copyOf(kinds);
    }

    /// Whether translations of `context` are affected (those at the address, if there is one).
    public boolean affects(TranslationContexts contexts, int context) {
        MappingKind kind = contexts.kind(context);
        if (!kinds.contains(kind)) {
            return false;
        }
        if (kind != MappingKind.LINEAR && ep4ta != ANY && ep4ta != contexts.ep4ta(context)) {
            return false;
        }
        return kind == MappingKind.GUEST_PHYSICAL
                || (affectsVpid(contexts.vpid(context)) && affectsPcid(contexts, context));
    }

    private boolean affectsVpid(int other) {
        return vpid == ANY || (vpid == ANY_BUT_ZERO ? other != 0 : vpid == other);
    }

    private boolean affectsPcid(TranslationContexts contexts, int context) {
        if (contexts.isGlobal(context)) {
            return globals;
        }
        return pcid == ANY || pcid == contexts.pcid(context);
    }
}
