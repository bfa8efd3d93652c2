package org.nestwalk.kvm.machine;

import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import org.nestwalk.bits.PageSize;
import org.nestwalk.bits.PagingEntry;

/// Entries of the guest's tables that its kernel has changed since any CPU was last in the guest,
/// and that were present then: a hypervisor that shadows the tables may have derived something from
/// them.
final class ChangedEntries {
    private static final long PAGE = PageSize.SIZE_4K.bytes();

    private final Set<Long> changed = new LinkedHashSet<>();
    private final Set<Long> fresh = new HashSet<>();

    /// The word at `gpa` is about to change from `old`.
    void note(long gpa, long old) {
        if (!PagingEntry.isPresent(old)) {
            if (!changed.contains(gpa)) {
                fresh.add(gpa);
            }
        } else if (!fresh.contains(gpa)) {
            changed.add(gpa);
        }
    }

    /// Nothing is derived from any of them.
    void forget() {
        changed.clear();
        fresh.clear();
    }

    /// Lets `writer` write them back, so that they are seen, into protected pages, too. The caller
    /// holds the exclusive lock.
    void writeBack(GuestRam memory, KvmSlots slots, EntryWriter writer) {
        fresh.clear();
        if (changed.isEmpty()) {
            return;
        }
        List<Long> opened =
                changed.stream()
                        .filter(memory::isProtected)
                        .map(gpa -> gpa & -PAGE)
                        .distinct()
                        .toList();
        opened.forEach(page -> memory.protect(page, PAGE, false));
        try {
            write(memory, slots, writer);
        } finally {
            opened.forEach(page -> memory.protect(page, PAGE, true));
        }
        changed.clear();
    }

    private void write(GuestRam memory, KvmSlots slots, EntryWriter writer) {
        int count = 0;
        for (long gpa : changed) {
            // From what is in no slot nothing has been derived.
            if (memory.isBacked(gpa) && slots.isReached(gpa)) {
                writer.list(count, gpa);
                count++;
            }
            if (count == ControlArea.LIST) {
                writer.write(count);
                count = 0;
            }
        }
        if (count > 0) {
            writer.write(count);
        }
    }
}
