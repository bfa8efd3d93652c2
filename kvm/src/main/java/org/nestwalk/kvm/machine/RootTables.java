package org.nestwalk.kvm.machine;

import java.util.BitSet;
import org.nestwalk.bits.PageSize;

/// The guest's root tables that a CPU has loaded: each has the control area's entry, of which the
/// guest's kernel knows nothing.
final class RootTables {
    private static final long PAGE = PageSize.SIZE_4K.bytes();

    /// Where the entry is in such a table.
    static final long OFFSET = (long) ControlArea.SLOT * Long.BYTES;

    private final GuestRam memory;
    private final long entry;
    private final BitSet roots;

    /// @param entry what entry [ControlArea#SLOT] has to be
    /// @param roots pages that are such tables already
    RootTables(GuestRam memory, long entry, BitSet roots) {
        this.memory = memory;
        this.entry = entry;
        this.roots = (BitSet) roots.clone();
    }

    /// The pages that are such tables now.
    BitSet pages() {
        return (BitSet) roots.clone();
    }

    /// Notes that the page at `root` is a root table.
    void add(long root) {
        roots.set((int) (root / PAGE));
        // A store would copy a page that is shared.
        if (memory.read(root + OFFSET) != entry) {
            memory.write(root + OFFSET, entry);
        }
    }

    /// The page at `gpa` becomes something else, and is about to be overwritten.
    void remove(long gpa) {
        roots.clear((int) (gpa / PAGE));
    }

    /// Whether the word at `gpa` is one that the guest's kernel must not see.
    boolean hides(long gpa) {
        return hides(roots, gpa);
    }

    /// As [#hides(long)], of the tables `roots`.
    static boolean hides(BitSet roots, long gpa) {
        return (gpa & PAGE - 1) == OFFSET && roots.get((int) (gpa / PAGE));
    }
}
