package org.nestwalk.lab.setup;

import org.nestwalk.memory.FlatMemory;
import org.nestwalk.memory.NumberSet;
import org.nestwalk.memory.PhysicalMemory;
import org.nestwalk.paging.AccessType;
import org.nestwalk.paging.TableFormat;

/// A setup whose tables are filled page by page as the program first touches them, each entry with
/// the flags that Linux and KVM give it when they map a page because of a fault, so that processors
/// need not set them:
///
/// - In the guest's own table (or the only one), the accessed flag, and the dirty flag after a
///   write fault (Linux's `mk_pte`, of which `vm_page_prot` has `_PAGE_ACCESSED`, and
///   `pte_mkdirty`). The first write to a page that was mapped for a read sets its dirty flag, at a
///   price.
/// - In the second level, both: `make_spte` of KVM sets the accessed flag of what it maps at a
///   violation, and the dirty flag of what it maps writable (arch/x86/kvm/mmu/spte.c).
public abstract class OnDemand implements Setup {
    /// Holds the tables.
    protected final FlatMemory memory;

    private final NumberSet touched = new NumberSet();

    /// Has nothing mapped yet.
    protected OnDemand(SetupContext context) {
        this.memory = context.newTableMemory();
    }

    @Override
    public final PhysicalMemory tableMemory() {
        return memory;
    }

    @Override
    public final void touch(long gva, int type) {
        if (touched.add(gva >> 12)) {
            map(gva, (type & AccessType.WRITE) != 0);
        }
    }

    /// Makes sure that the 4-KiB page of `gva`, touched for the first time, is mapped; a larger
    /// page may have mapped it already.
    ///
    /// @param write whether it is touched by a write
    protected abstract void map(long gva, boolean write);

    /// What Linux sets in the leaf entry of a page that it maps because of a fault.
    protected static long faultFlags(boolean write) {
        TableFormat format = TableFormat.X86;
        return format.accessed() | (write ? format.dirty() : 0);
    }
}
