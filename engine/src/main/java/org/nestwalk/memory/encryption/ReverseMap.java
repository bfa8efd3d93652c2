package org.nestwalk.memory.encryption;

import org.nestwalk.bits.PageFaultCode;
import org.nestwalk.bits.PageSize;
import org.nestwalk.bits.RmpEntry;
import org.nestwalk.memory.FlatMemory;

/// The reverse map table (RMP): for every frame of host memory, which guest owns it and where it
/// has it, so that no other page and no other guest can be given it, and a page no other frame,
/// without either the processor or the guest noticing.
///
/// The hypervisor assigns and takes frames (RMPUPDATE), which takes validation away; only the guest
/// validates (PVALIDATE), and does so once for each page. One guest page may be assigned several
/// frames, of which only one has been validated.
///
/// Source: AMD APM volume 2, section 15.36; AMD, *SEV-SNP: Strengthening VM Isolation with
/// Integrity Protection and More*, 2020. Privilege levels (VMPL) are not modelled. Changes are made
/// while no processor runs a guest.
public final class ReverseMap {
    /// The hypervisor's, and that of guests whose memory has no owner.
    public static final int HYPERVISOR = 0;

    /// What [#judge] answers if the page is the guest's, but not validated.
    public static final long NOT_VALIDATED = 1;

    /// Bytes of an entry as a processor keeps it.
    public static final int ENTRY_BYTES = 16;

    private static final int CHUNK_SHIFT = 15;
    private static final long SMALL = PageSize.SIZE_4K.bytes();
    private static final long LARGE = PageSize.SIZE_2M.bytes();

    private final FlatMemory memory;
    private final long[][] chunks;

    /// For frames 0 to `frames` - 1 of `memory`, all the hypervisor's.
    ///
    /// @param memory counts changes of entries among its own
    public ReverseMap(FlatMemory memory, long frames) {
        this.memory = memory;
        chunks = new long[(int) ((frames >>> CHUNK_SHIFT) + 1)][];
    }

    /// The entry that decides about the frame at `hpa`: that of the 2-MiB block around it if it
    /// stands for all of it.
    public long entry(long hpa) {
        long first = own(hpa & -LARGE);
        return RmpEntry.has(first, RmpEntry.LARGE) ? first : own(hpa);
    }

    /// RMPUPDATE: assigns the block of `size` (4 KiB or 2 MiB) at `hpa`, for the page at `gpa`. Not
    /// validated.
    ///
    /// @throws IllegalArgumentException if the frame is part of a 2-MiB page that stays one
    public void assign(long hpa, PageSize size, int asid, long gpa) {
        requireNoOverlap(hpa, size);
        clear(hpa, size);
        set(hpa, RmpEntry.assigned(asid, gpa, size == PageSize.SIZE_2M));
    }

    /// RMPUPDATE: makes the block of `size` at `hpa` the hypervisor's.
    ///
    /// @throws IllegalArgumentException as [#assign]
    public void take(long hpa, PageSize size) {
        requireNoOverlap(hpa, size);
        clear(hpa, size);
    }

    /// PSMASH: makes of the 2-MiB entry at `hpa`, if it is one, 512 entries, validated as it was.
    public void smash(long hpa) {
        long first = hpa & -LARGE;
        long entry = own(first);
        if (!RmpEntry.has(entry, RmpEntry.LARGE)) {
            return;
        }
        for (long offset = 0; offset < LARGE; offset += SMALL) {
            set(first + offset, (entry & ~RmpEntry.LARGE) + offset);
        }
    }

    /// PVALIDATE, by the guest that owns it: validates the page of the frame at `hpa`, whatever its
    /// size. What it may validate has been [judged][#judge].
    public void validate(long hpa) {
        long first = hpa & -LARGE;
        long at = RmpEntry.has(own(first), RmpEntry.LARGE) ? first : hpa & -SMALL;
        set(at, own(at) | RmpEntry.VALIDATED);
    }

    /// Judges an access at the end of a nested walk.
    ///
    /// @param asid of the guest whose memory has owners, or [#HYPERVISOR] for others
    /// @param encrypted whether the guest takes the page for one of its own
    /// @param level of the nested page, 1 to 3
    /// @return 0 if it is allowed; [#NOT_VALIDATED]; or what to add to the code of a nested page
    ///   fault. Others may read what is assigned, which is ciphertext
    public long judge(long hpa, long gpa, int asid, boolean encrypted, boolean write, int level) {
        long entry = entry(hpa);
        boolean assigned = RmpEntry.has(entry, RmpEntry.ASSIGNED);
        if (asid == HYPERVISOR) {
            return assigned && write ? PageFaultCode.OWNERSHIP : 0;
        }
        if (!encrypted) {
            return assigned ? PageFaultCode.OWNERSHIP : 0;
        }
        long refused = PageFaultCode.OWNERSHIP | PageFaultCode.ENCRYPTED;
        if (!assigned || RmpEntry.asid(entry) != asid) {
            return refused;
        }
        boolean large = RmpEntry.has(entry, RmpEntry.LARGE);
        if (level > (large ? 2 : 1)) {
            return refused | PageFaultCode.SIZE_MISMATCH;
        }
        long offset = hpa & (large ? LARGE : SMALL) - 1;
        if (RmpEntry.page(entry) + offset != gpa) {
            return refused;
        }
        return RmpEntry.has(entry, RmpEntry.VALIDATED) ? 0 : NOT_VALIDATED;
    }

    private void requireNoOverlap(long hpa, PageSize size) {
        if (size == PageSize.SIZE_4K && RmpEntry.has(own(hpa & -LARGE), RmpEntry.LARGE)) {
            throw new IllegalArgumentException(
                    Long.toHexString(hpa)
                            + " is part of a 2-MiB page, which has to be split first");
        }
    }

    private void clear(long hpa, PageSize size) {
        for (long offset = 0; offset < size.bytes(); offset += SMALL) {
            set(hpa + offset, 0);
        }
    }

    private long own(long hpa) {
        long frame = hpa >>> 12;
        long[] chunk = chunks[(int) (frame >>> CHUNK_SHIFT)];
        return chunk == null ? 0 : chunk[(int) frame & (1 << CHUNK_SHIFT) - 1];
    }

    private void set(long hpa, long entry) {
        long frame = hpa >>> 12;
        int chunk = (int) (frame >>> CHUNK_SHIFT);
        if (chunks[chunk] == null) {
            if (entry == 0) {
                return;
            }
            chunks[chunk] = new long[1 << CHUNK_SHIFT];
        }
        chunks[chunk][(int) frame & (1 << CHUNK_SHIFT) - 1] = entry;
        memory.countChange();
    }
}
