package org.nestwalk.machine.simulated;

import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.nestwalk.bits.PageSize;
import org.nestwalk.machine.Cost;
import org.nestwalk.machine.GuestFailure;
import org.nestwalk.machine.SecondLevelMap;
import org.nestwalk.machine.SmallPages;
import org.nestwalk.machine.SoftwareCosts;
import org.nestwalk.machine.VirtualMachine;
import org.nestwalk.machine.dirty.DirtyTrackers;
import org.nestwalk.machine.exit.ExitChain;
import org.nestwalk.machine.exit.RightsClaims;
import org.nestwalk.machine.invalidation.InvalidationSequence;
import org.nestwalk.machine.simulated.host.FrameOwners;
import org.nestwalk.machine.simulated.host.HostFrames;
import org.nestwalk.memory.PageSet;
import org.nestwalk.paging.PageTable;
import org.nestwalk.paging.PageTableScan;

/// The second level of a simulated virtual machine: tables in host memory, which processors walk
/// under nested paging and the hypervisor alone under shadow paging.
final class SecondLevelTables implements SecondLevelMap {
    private static final int UNBACKED = 0;

    private final VmContext vm;
    private final HostFrames host;
    private final SoftwareCosts costs;
    private final PageTable table;
    private final SecondLevelTableMemory memory;
    private final SecondLevelEntries entries;
    private final SecondLevelRights rights;
    private final DirtyFlags dirty;
    private final SharedPages shared;
    private final InheritedPages inherited;
    private final ExitChain parts;
    private final PageSizes sizes;
    private final PinnedPages pins;
    private final long[] backed = new long[4];
    private long used;
    private boolean closed;
    private boolean released;

    /// Tables with nothing backed.
    ///
    /// @param levels 4 or 5
    /// @param dirtyFlags whether processors set dirty flags in them
    /// @param claims what parts of the hypervisor withhold from the guest
    /// @param parts of the hypervisor, which may keep pages elsewhere
    /// @param exclusively does work while no CPU is in a guest
    SecondLevelTables(
            VmContext vm,
            SecondLevelEntries entries,
            int levels,
            boolean dirtyFlags,
            RightsClaims claims,
            ExitChain parts,
            Consumer<Runnable> exclusively) {
        this.vm = vm;
        this.parts = parts;
        this.host = vm.host().frames();
        this.costs = vm.costs();
        this.entries = entries;
        this.memory = new SecondLevelTableMemory(vm, entries.format(), levels);
        this.table = memory.table();
        dirty = new DirtyFlags(vm, table, entries.format(), dirtyFlags, exclusively);
        rights = new SecondLevelRights(vm, this, claims);
        shared = new SharedPages(vm, this, claims);
        inherited = new InheritedPages(this);
        sizes = new PageSizes(vm, this);
        pins = new PinnedPages(page -> shared.prepare(page, parts), table::lookup);
    }

    PageTable table() {
        return table;
    }

    SecondLevelEntries entries() {
        return entries;
    }

    /// The rights in it.
    SecondLevelRights claimed() {
        return rights;
    }

    /// Pages in it that share their frames.
    SharedPages shared() {
        return shared;
    }

    /// Pages that are not in it yet, but in that of the virtual machine that this one was made of.
    InheritedPages inherited() {
        return inherited;
    }

    /// The dirty flags in it.
    DirtyFlags dirty() {
        return dirty;
    }

    /// Who wants to know which pages are written.
    DirtyTrackers trackers() {
        return dirty.trackers();
    }

    /// Where its tables are.
    SecondLevelTableMemory memory() {
        return memory;
    }

    /// Whether the page around `gpa` is mapped, now if it was inherited.
    boolean isMapped(long gpa) {
        return table.leafLevel(gpa) != UNBACKED || inherited.take(gpa);
    }

    @Override
    public boolean populate(long gpa, PageSize size) {
        long page = gpa & ~size.offsetMask();
        return isFree(page, size)
                && mapFresh(
                        page, host.take(size, vm.node(), FrameOwners.PAGE, vm.id(), page), size);
    }

    /// As [#populate(long,PageSize)], with memory of `node` and no other.
    boolean populate(long gpa, PageSize size, int node) {
        long page = gpa & ~size.offsetMask();
        return isFree(page, size) && mapFresh(page, host.takeOn(size, node, vm.id(), page), size);
    }

    @Override
    public boolean isKept(long gpa) {
        return parts.keep(gpa & -PageSize.SIZE_4K.bytes(), PageSize.SIZE_4K.bytes());
    }

    @Override
    public InvalidationSequence invalidations() {
        return vm.shootdown().sequence();
    }

    @Override
    public void warm(long gpa, long bytes) {
        memory.warm(gpa, bytes);
    }

    @Override
    public boolean map(long gpa, long hpa, PageSize size) {
        long page = gpa & ~size.offsetMask();
        if (!isFree(page, size)) {
            return false;
        }
        host.assign(hpa, size, vm.id(), page);
        return mapFresh(page, hpa, size);
    }

    /// Does `handling` of a violation by an `access`. Pages that it backs have the flags that KVM
    /// gives them (`make_spte`), unless the processor logs pages, or pages are kept small.
    void serve(int access, Runnable handling) {
        boolean written = (access & WRITE) != 0 && !dirty.isLogging() && !sizes.areKept();
        long flags = entries.format().accessed() | (written ? entries.format().dirty() : 0);
        used = dirty.areSet() ? flags : 0;
        try {
            handling.run();
        } finally {
            used = 0;
        }
    }

    /// Whether the page of `size` at `page` can be backed as one.
    boolean isFree(long page, PageSize size) {
        return page >= 0
                && page + size.bytes() <= vm.settings().memoryBytes()
                && table.isFree(page, size)
                && !parts.keep(page, size.bytes())
                && (!rights.differ(page, size) || !shared.differOtherwise(page, size.bytes()))
                && !inherited.hasAny(page, size.bytes());
    }

    /// Maps zeroed frames where nothing was. Returns false, with nothing done, if there are none:
    /// `hpa` is -1. Without memory for a table the frames are free again.
    private boolean mapFresh(long page, long hpa, PageSize size) {
        if (hpa == -1) {
            return false;
        }
        try {
            inherited.beforeChange(page, size.bytes());
            inherited.forgo(page, size.bytes());
            boolean _ = shared.forget(page, size.bytes());
            put(page, hpa, size);
        } catch (RuntimeException | Error notMapped) {
            host.give(hpa, HostFrames.order(size));
            throw notMapped;
        }
        vm.protection().assign(hpa, size, page);
        vm.charge(Cost.HOST_ZEROING, (size.bytes() >> 12) * costs.zeroing());
        sizes.backed(page, size);
        return true;
    }

    /// Maps frames where nothing was: no cached translation can be stale, because what is not
    /// present is never cached (Intel SDM volume 3C, section 28.3.1).
    void put(long page, long hpa, PageSize size) {
        table.map(page, hpa, size, usedWith(rights.granted(page, size)));
        rights.backed(page, size);
        backed[size.level()]++;
        vm.charge(Cost.BACKING, costs.mapping());
    }

    /// The flags of a page that is backed with the rights `granted`: an access that they refuse
    /// writes nothing.
    private long usedWith(int granted) {
        return (granted & WRITE) != 0 ? used : used & ~entries.format().dirty();
    }

    @Override
    public void unmap(long gpa, long bytes) {
        pins.requireLetGo(gpa, bytes);
        vm.interruptTransactions();
        parts.discard(gpa, bytes);
        sizes.splitAt(gpa);
        sizes.splitAt(gpa + bytes);
        inherited.beforeChange(gpa, bytes);
        inherited.drop(gpa, bytes, trackers());
        boolean stale = false;
        for (long page = gpa; page < gpa + bytes; page = table.after(page)) {
            int level = table.leafLevel(page);
            if (level != UNBACKED) {
                unmap(page, PageSize.ofLevel(level));
                stale = true;
            }
        }
        boolean _ = shared.forget(gpa, bytes);
        if (stale) {
            vm.flush(gpa, bytes);
        }
    }

    private void unmap(long page, PageSize size) {
        long hpa = table.lookup(page);
        trackers().written(page, size.bytes());
        table.unmap(page);
        backed[size.level()]--;
        vm.shootdown().retire(() -> drop(page, hpa, size));
        vm.charge(Cost.BACKING, costs.mapping());
    }

    private void drop(long page, long hpa, PageSize size) {
        vm.protection().take(hpa, size);
        host.drop(hpa, size, vm.id(), page);
    }

    @Override
    public @Nullable PageSize pageSize(long gpa) {
        int level = table.leafLevel(gpa);
        return level == UNBACKED ? null : PageSize.ofLevel(level);
    }

    @Override
    public int rights(long gpa) {
        return rights.effective(gpa);
    }

    @Override
    public long backedBytes(PageSize size) {
        return backed[size.level()] * size.bytes();
    }

    @Override
    public PinnedPages pins() {
        return pins;
    }

    /// How large its pages are.
    PageSizes sizes() {
        return sizes;
    }

    /// There are so many pages of `size` more.
    void countBacked(PageSize size, long pages) {
        backed[size.level()] += pages;
    }

    @Override
    public SmallPages keepSmall() {
        return sizes.keep();
    }

    @Override
    public int collapse(long gpa, long hpa) {
        long page = gpa & ~PageSize.SIZE_2M.offsetMask();
        if (sizes.areKept() || parts.keep(page, PageSize.SIZE_2M.bytes())) {
            return -1;
        }
        inherited.takeAll(page, PageSize.SIZE_2M.bytes());
        int copied = sizes.collapse(page, hpa);
        if (copied >= 0) {
            backed[1] -= copied;
            backed[2]++;
        }
        return copied;
    }

    @Override
    public boolean share(long gpa, VirtualMachine from, long fromGpa, PageSize size) {
        return shared.share(gpa, shared.of(from), fromGpa, size);
    }

    @Override
    public boolean merge(long gpa, VirtualMachine with, long withGpa) {
        return shared.merge(gpa, shared.of(with), withGpa);
    }

    @Override
    public boolean sharesWith(long gpa, VirtualMachine with, long withGpa) {
        return shared.sharesWith(gpa, shared.of(with), withGpa);
    }

    @Override
    public boolean unshare(long gpa) {
        return shared.makePrivate(gpa);
    }

    @Override
    public int owners(long gpa) {
        return shared.owners(gpa);
    }

    @Override
    public void copyWhole(boolean whole) {
        shared.copyWhole(whole);
    }

    @Override
    public void split(long gpa) {
        sizes.split(gpa);
    }

    /// Maps the 4-KiB page at `gpa` to the frame at `to`, which holds the same as that at `from`.
    void move(long gpa, long from, long to) {
        vm.interruptTransactions();
        rights.replace(gpa, PageSize.SIZE_4K, from, to);
        vm.flush(gpa, PageSize.SIZE_4K.bytes());
    }

    /// Maps the 4-KiB page at `gpa` to the frame at `hpa`, whosever that is.
    void remap(long gpa, long hpa) {
        table.setEntry(gpa, 1, table.entry(gpa) ^ table.lookup(gpa) ^ hpa);
    }

    @Override
    public void backedPages(long memoryBytes, PageSet into) {
        inherited.addAllTo(into);
    }

    @Override
    public long hostAddress(long gpa) {
        return table.lookup(gpa);
    }

    @Override
    public long exchange(long gpa, long hpa, PageSize size) {
        return new PageMigration(vm, table, pins).exchange(gpa, hpa, size);
    }

    @Override
    public boolean isInherited(long gpa) {
        return inherited.has(gpa);
    }

    /// Gives all memory back. Without memory for what heirs inherit, not before they have ended.
    void release() {
        closed = true;
        try {
            inherited.end();
        } catch (GuestFailure outOfMemory) {
            return;
        }
        released = true;
        PageTableScan.forEachLeaf(
                table,
                (gpa, level, entry) -> drop(gpa, table.lookup(gpa), PageSize.ofLevel(level)));
        table.release();
        rights.through().release();
        vm.shootdown().await();
    }

    /// One heir less: gives back what could not be before.
    void releaseIfClosed() {
        if (closed && !released) {
            release();
        }
    }

    /// Whether memory and tables have been given back.
    boolean isReleased() {
        return released;
    }
}
