package org.nestwalk.mmu.tlb;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/// The address spaces that cached translations belong to, each with a small id that fits in a tag.
///
/// A context is a triple of VPID, PCID and EP4TA (Intel SDM volume 3C, section 28.3.1; 29.4.1 in
/// newer editions). Ids count from 0, stay valid for the life of the table and are never reused. An
/// AMD processor's ASID takes the place of the VPID, its nested CR3 that of the EP4TA, and the PCID
/// is as on Intel's.
public final class TranslationContexts {
    /// The EP4TA of linear mappings: EPT is not in use.
    public static final long NO_EPT = -1;

    private static final int NONE = -1;
    private static final int EVERY_PCID = -2;

    private record Context(int vpid, int pcid, long ep4ta) {}

    private final Map<Context, Integer> ids = new HashMap<>();
    private final List<Context> contexts = new ArrayList<>();
    private int[] globals = new int[64];

    /// An empty table.
    public TranslationContexts() {}

    /// The id of the context of linear (with [#NO_EPT]) or combined mappings.
    ///
    /// @param vpid 0 to 65535; 0 where VPIDs are not in use
    /// @param pcid 0 to 4095; 0 while CR4.PCIDE is 0
    /// @param ep4ta bits 51:12 of the EPT pointer, right-aligned, or [#NO_EPT]
    public int of(int vpid, int pcid, long ep4ta) {
        check("VPID", vpid, 0xffff);
        check("PCID", pcid, 0xfff);
        if (ep4ta != NO_EPT) {
            checkEp4ta(ep4ta);
        }
        return intern(new Context(vpid, pcid, ep4ta));
    }

    /// The id of the context of guest-physical mappings.
    ///
    /// @param ep4ta bits 51:12 of the EPT pointer, right-aligned
    public int ofGuestPhysical(long ep4ta) {
        checkEp4ta(ep4ta);
        return intern(new Context(NONE, NONE, ep4ta));
    }

    /// The EP4TA of an EPT pointer: its bits 51:12.
    public static long ep4taOf(long eptp) {
        return (eptp & 0x000f_ffff_ffff_f000L) >>> 12;
    }

    /// The context that holds the global translations that `context` uses: that of its VPID and
    /// EP4TA and every PCID. A guest-physical context has no globals and is its own.
    public int globalsOf(int context) {
        return globals[context];
    }

    /// The kind of the mappings of a context.
    public MappingKind kind(int context) {
        Context c = contexts.get(context);
        if (c.vpid == NONE) {
            return MappingKind.GUEST_PHYSICAL;
        }
        return c.ep4ta == NO_EPT ? MappingKind.LINEAR : MappingKind.COMBINED;
    }

    /// The VPID of a linear or combined context.
    public int vpid(int context) {
        return contexts.get(context).vpid;
    }

    /// The PCID of a linear or combined context that does not hold globals.
    public int pcid(int context) {
        return contexts.get(context).pcid;
    }

    /// The EP4TA of a guest-physical or combined context, [#NO_EPT] of a linear one.
    public long ep4ta(int context) {
        return contexts.get(context).ep4ta;
    }

    /// Whether a context is one that holds global translations.
    public boolean isGlobal(int context) {
        return contexts.get(context).pcid == EVERY_PCID;
    }

    private int intern(Context context) {
        Integer known = ids.get(context);
        if (known != null) {
            return known;
        }
        boolean own = context.vpid == NONE || context.pcid == EVERY_PCID;
        int global = own ? NONE : intern(new Context(context.vpid, EVERY_PCID, context.ep4ta));
        int id = contexts.size();
        if (id == TranslationTag.MAX_CONTEXTS) {
            throw new IllegalStateException("more than " + id + " translation contexts");
        }
        contexts.add(context);
        ids.put(context, id);
        if (id == globals.length) {
            globals = Arrays.copyOf(globals, 2 * id);
        }
        globals[id] = own ? id : global;
        return id;
    }

    private static void checkEp4ta(long ep4ta) {
        if (ep4ta >>> 40 != 0) {
            throw new IllegalArgumentException("EP4TA " + ep4ta + " has more than 40 bits");
        }
    }

    private static void check(String what, int value, int most) {
        if (value < 0 || value > most) {
            throw new IllegalArgumentException(what + " " + value + " is not in 0.." + most);
        }
    }
}
