package org.nestwalk.machine.simulated;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.nestwalk.bits.PageSize;
import org.nestwalk.bits.PagingEntry;
import org.nestwalk.machine.simulated.shootdown.VmCpus;
import org.nestwalk.paging.PageTable;
import org.nestwalk.paging.TableFormat;
import org.nestwalk.paging.TableFrames;

/// The shadow tables of a virtual machine, kept in step with its own by write-protecting these: a
/// write to a page that was walked as a table comes to the hypervisor, which performs it and drops
/// what is derived from the entry (as in KVM's shadow MMU, Documentation/virt/kvm/x86/mmu.rst).
///
/// Used alone (see [org.nestwalk.machine.simulated.host.World]).
final class ShadowPaging {
    private static final int REGION_SHIFT = 21;
    private static final int MOST_LEAVES_OF_A_REGION = 4096;

    private final VmContext vm;
    private final Map<Long, ShadowTable> shadows = new HashMap<>();

    // Pages walked as tables, by guest-physical address, and what they were walked for.
    private final Map<Long, List<Use>> tables = new HashMap<>();

    // Leaves that translate to a region of guest memory.
    private final Map<Long, Leaves> leaves = new HashMap<>();

    /// One place of a guest table: in which address space, at which level, for which addresses.
    private record Use(ShadowTable shadow, int level, long base) {}

    ShadowPaging(VmContext vm) {
        this.vm = vm;
    }

    /// The shadow of the guest tables with root `guestRoot`.
    ShadowTable of(long guestRoot) {
        ShadowTable shadow = shadows.get(guestRoot);
        if (shadow == null) {
            shadow = new ShadowTable(guestRoot, newTable());
            shadows.put(guestRoot, shadow);
        }
        return shadow;
    }

    private PageTable newTable() {
        return new PageTable(
                vm.host().memory(),
                new ShadowFrames(vm.cpus(), vm.newTables()),
                TableFormat.X86,
                vm.host().settings().guestLevels());
    }

    /// Frames for shadow tables. Before one is given back, no processor may have it cached as a
    /// table to walk on from.
    private record ShadowFrames(VmCpus cpus, TableFrames frames) implements TableFrames {
        @Override
        public long allocate() {
            return frames.allocate();
        }

        @Override
        public long hostPhysical(long address) {
            return address;
        }

        @Override
        public void free(long address) {
            cpus.invalidateAll();
            frames.free(address);
        }
    }

    /// Whether the page of `gpa` is write-protected because it was walked as a table.
    boolean isTable(long gpa) {
        return tables.containsKey(page(gpa));
    }

    /// Write-protects the page of `gpa`, the table of `level` that was walked for `gva`.
    void protect(ShadowTable shadow, long gpa, int level, long gva) {
        long base = level == 5 ? 0 : gva & -1L << PageSize.shiftOfLevel(level + 1);
        Use use = new Use(shadow, level, base);
        List<Use> uses = tables.get(page(gpa));
        if (uses == null) {
            dropLeavesTo(page(gpa), PageSize.SIZE_4K.bytes());
            uses = new ArrayList<>();
            tables.put(page(gpa), uses);
        }
        if (!uses.contains(use)) {
            uses.add(use);
        }
    }

    /// Remembers that `shadow` translates `gva` to `gpa`.
    void installed(ShadowTable shadow, long gva, long gpa) {
        Leaves of = leaves.computeIfAbsent(gpa >>> REGION_SHIFT, region -> new Leaves());
        if (of.count == MOST_LEAVES_OF_A_REGION) {
            of.drop();
        }
        of.add(shadow, gva);
    }

    /// Drops what is derived from the entry at `gpa`, in a page that was walked as a table, before
    /// it changes from `old`. What was not present has no shadow.
    void entryChanges(long gpa, long old) {
        if (!PagingEntry.isPresent(old)) {
            return;
        }
        int index = (int) (gpa & 0xfff) >>> 3;
        for (Use use : tables.getOrDefault(page(gpa), List.of())) {
            long gva = use.base + ((long) index << PageSize.shiftOfLevel(use.level));
            use.shadow.drop(gva << 16 >> 16, use.level);
        }
    }

    /// The page of `gpa` is written as data: it is a table no more, and every shadow in which it
    /// was one begins anew.
    void unprotect(long gpa) {
        List<Use> uses = tables.remove(page(gpa));
        if (uses != null) {
            uses.forEach(use -> use.shadow.clear());
        }
    }

    /// Drops all leaves that translate to a range of guest memory.
    void dropLeavesTo(long gpa, long bytes) {
        long last = gpa + bytes - 1 >>> REGION_SHIFT;
        for (long region = gpa >>> REGION_SHIFT; region <= last; region++) {
            Leaves of = leaves.get(region);
            if (of != null) {
                of.drop();
            }
        }
    }

    /// Gives all shadow tables back.
    void release() {
        shadows.values().forEach(ShadowTable::release);
        shadows.clear();
    }

    private static long page(long gpa) {
        return gpa & -PageSize.SIZE_4K.bytes();
    }

    /// Addresses that translate to one region of guest memory, some more than once.
    private static final class Leaves {
        private ShadowTable[] shadow = new ShadowTable[8];
        private long[] gva = new long[8];
        private int count;

        void add(ShadowTable in, long address) {
            if (count == gva.length) {
                shadow = Arrays.copyOf(shadow, 2 * count);
                gva = Arrays.copyOf(gva, 2 * count);
            }
            shadow[count] = in;
            gva[count] = address;
            count++;
        }

        void drop() {
            for (int i = 0; i < count; i++) {
                shadow[i].dropPage(gva[i]);
            }
            count = 0;
        }
    }
}
