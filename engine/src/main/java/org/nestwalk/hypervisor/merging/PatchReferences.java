package org.nestwalk.hypervisor.merging;

import java.util.ArrayDeque;
import java.util.Collection;
import java.util.Deque;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.nestwalk.bits.PageSize;
import org.nestwalk.machine.VirtualMachine;

/// The pages that patches are against: each is shared with a virtual machine that never runs, the
/// store, so that it stays what it is when its guest writes to its own.
final class PatchReferences {
    private static final long SMALL = PageSize.SIZE_4K.bytes();

    private final VirtualMachine store;
    private final Deque<Long> free = new ArrayDeque<>();
    private final Map<ScannedPage, Reference> ofPages = new HashMap<>();
    private final Map<Long, Reference> bySlot = new HashMap<>();

    /// A page of the store, and how many patches are against it.
    static final class Reference {
        private final ScannedPage slot;
        private final ScannedPage source;
        private int patches;

        private Reference(ScannedPage slot, ScannedPage source) {
            this.slot = slot;
            this.source = source;
        }

        /// Loads what it holds.
        void read(long[] words) {
            slot.vm().memory().readPage(slot.gpa(), words);
        }
    }

    /// @param store none of whose memory is in use
    PatchReferences(VirtualMachine store) {
        this.store = store;
        for (long gpa = 0; gpa < store.settings().memoryBytes(); gpa += SMALL) {
            free.add(gpa);
        }
    }

    /// What `page` holds, as a reference with one more patch against it; null if the store is full.
    @Nullable Reference take(ScannedPage page) {
        Reference known = ofPages.get(page);
        if (known == null || !known.slot.sharesWith(page)) {
            Long slot = free.peek();
            if (slot == null
                    || !store.secondLevel().share(slot, page.vm(), page.gpa(), PageSize.SIZE_4K)) {
                return null;
            }
            free.remove();
            known = new Reference(new ScannedPage(store, slot), page);
            ofPages.put(page, known);
            bySlot.put(slot, known);
        }
        known.patches++;
        return known;
    }

    /// There is one patch less against `reference`.
    void give(Reference reference) {
        reference.patches--;
        if (reference.patches == 0) {
            long slot = reference.slot.gpa();
            store.secondLevel().unmap(slot, SMALL);
            free.add(slot);
            bySlot.remove(slot);
            ofPages.remove(reference.source, reference);
        }
    }

    int size() {
        return bySlot.size();
    }

    /// How many of them nobody else has in memory.
    long alone() {
        Collection<Reference> all = bySlot.values();
        return all.stream().filter(one -> store.secondLevel().owners(one.slot.gpa()) == 1).count();
    }
}
