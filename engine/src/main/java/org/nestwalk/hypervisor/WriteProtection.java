package org.nestwalk.hypervisor;

import java.util.Map;
import java.util.NavigableMap;
import java.util.Objects;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.LongConsumer;
import org.nestwalk.bits.PageSize;
import org.nestwalk.machine.ExitHandler;
import org.nestwalk.machine.SecondLevelMap;
import org.nestwalk.machine.VirtualCpu;
import org.nestwalk.machine.VirtualMachine;
import org.nestwalk.machine.VmExit;

/// Finds written pages by taking the right to write away: the first write to each exits, and gets
/// it back. What live migration did before processors had dirty flags in their second level (Clark
/// et al., NSDI 2005, section 5). Large pages are not split, so that a write to one says that any
/// of it may be dirty. A page gets the rights back that it had: where somebody else has withheld
/// some, they stay withheld, and a write to a page that could not be written before is for others
/// to handle.
///
/// Writes are all that need the right to: stores of programs and of the guest's kernel, and the
/// processor's updates of flags in the guest's tables. With accessed and dirty flags in the second
/// level, a processor's reads of guest tables count as writes (Intel SDM volume 3C, section
/// 28.2.4), so that tables are found written, too.
public final class WriteProtection implements DirtyTracking, ExitHandler {
    private static final long PAGE = PageSize.SIZE_4K.bytes();

    private final VirtualMachine vm;
    private final ExitHandler others;
    private final SortedSet<Long> dirty = new TreeSet<>();

    // The rights of pages from which that to write is withheld, from each address up to the next; 0
    // where it is not.
    private final NavigableMap<Long, Integer> before = new TreeMap<>(Map.of(0L, 0));

    /// Tracks `vm`, whose other exits go to `others`: pages that are backed from now on, and those
    /// that are already from the first [#arm] on.
    public WriteProtection(VirtualMachine vm, ExitHandler others) {
        this.vm = vm;
        this.others = others;
        vm.onExit(this);
    }

    @Override
    public void arm() {
        dirty.clear();
        vm.exclusively(() -> {
            long memory = vm.settings().memoryBytes();
            long from = 0;
            int rights = 0;
            for (long page = 0; page < memory; page = next(page)) {
                int own = ownRights(page);
                if (own != 0 && rights != 0 && own != rights) {
                    withhold(from, page, rights);
                    from = page;
                }
                rights = own == 0 ? rights : own;
            }
            withhold(from, memory, rights);
            vm.scanned(memory / PAGE, 0);
        });
    }

    private long next(long page) {
        PageSize size = vm.secondLevel().pageSize(page);
        return size == null ? page + PAGE : (page & ~size.offsetMask()) + size.bytes();
    }

    /// The rights of a page without this tracking; 0 if nothing backs it.
    private int ownRights(long page) {
        int rights = vm.secondLevel().rights(page);
        int had = rightsBefore(page);
        return rights == (had & ~SecondLevelMap.WRITE) ? had : rights;
    }

    private int rightsBefore(long gpa) {
        return Objects.requireNonNull(before.floorEntry(gpa)).getValue();
    }

    private void note(long from, long to, int rights) {
        int after = rightsBefore(to);
        before.subMap(from, to).clear();
        before.put(from, rights);
        before.putIfAbsent(to, after);
    }

    /// Takes the right to write away from a range whose pages have `rights`.
    private void withhold(long from, long to, int rights) {
        note(from, to, rights);
        if ((rights & SecondLevelMap.WRITE) != 0) {
            vm.secondLevel().protect(from, to - from, rights & ~SecondLevelMap.WRITE);
        }
    }

    @Override
    public long dirtyPages() {
        return dirty.size();
    }

    /// Reports the first guest-physical address of each page found written since the pass began, in
    /// ascending order.
    public void forEachDirty(LongConsumer consumer) {
        dirty.forEach(consumer::accept);
    }

    @Override
    public boolean handle(VirtualCpu cpu, VmExit exit) {
        return switch (exit) {
            case VmExit.WriteTrap trap -> written(trap.gpa()) || others.handle(cpu, exit);
            case VmExit.Violation violation ->
                    others.handle(cpu, exit) && (violation.mapped() || backed(violation));
            default -> others.handle(cpu, exit);
        };
    }

    /// A page was backed for an access, which counts if it is a write.
    private boolean backed(VmExit.Violation violation) {
        PageSize size = vm.secondLevel().pageSize(violation.gpa());
        if (size == null) {
            return true;
        }
        long page = violation.gpa() & ~size.offsetMask();
        int rights = vm.secondLevel().rights(page);
        if ((violation.access() & rights & SecondLevelMap.WRITE) != 0) {
            dirty.add(page);
        } else {
            withhold(page, page + size.bytes(), rights);
        }
        return true;
    }

    /// Gives a page the right to write back, if it was withheld here.
    private boolean written(long gpa) {
        PageSize size = vm.secondLevel().pageSize(gpa);
        int rights = rightsBefore(gpa);
        if (size == null || (rights & SecondLevelMap.WRITE) == 0) {
            return false;
        }
        long page = gpa & ~size.offsetMask();
        vm.secondLevel().protect(page, size.bytes(), rights);
        note(page, page + size.bytes(), 0);
        dirty.add(page);
        return true;
    }
}
