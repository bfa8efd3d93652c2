package org.nestwalk.hypervisor.dirty;

import org.jspecify.annotations.Nullable;
import org.nestwalk.bits.PageSize;
import org.nestwalk.machine.DirtyPages;
import org.nestwalk.machine.DirtySource;
import org.nestwalk.machine.ExitPart;
import org.nestwalk.machine.RightsClaim;
import org.nestwalk.machine.SecondLevelMap;
import org.nestwalk.machine.SmallPages;
import org.nestwalk.machine.Verdict;
import org.nestwalk.machine.VirtualCpu;
import org.nestwalk.machine.VirtualMachine;
import org.nestwalk.machine.VmExit;
import org.nestwalk.memory.PageSet;

/// Tracking by any source while large pages are split, so that it reports 4-KiB pages.
///
/// Lazily, the right to write is withheld from large pages, and only from these: the first write to
/// one exits, and it is split then, before the source sees the write (this claim is older than the
/// source's). So does KVM, also beside page-modification logging (`kvm_mmu_slot_apply_flags`).
final class SplitTracking implements DirtyPages, ExitPart {
    private static final int READ_ONLY = SecondLevelMap.READ | SecondLevelMap.EXECUTE;
    private static final PageSize LARGE = PageSize.SIZE_2M;

    private final VirtualMachine vm;
    private final SmallPages small;
    private final RightsClaim claim;
    private @Nullable DirtyPages source;
    private boolean closed;

    private SplitTracking(VirtualMachine vm) {
        this.vm = vm;
        this.claim = vm.claim(this);
        this.small = vm.secondLevel().keepSmall();
    }

    /// Starts tracking.
    ///
    /// @param splitting one that splits
    /// @throws UnsupportedOperationException if the machine has no such source
    static DirtyPages open(VirtualMachine vm, DirtySource source, Splitting splitting) {
        return vm.exclusively(() -> {
            SplitTracking made = new SplitTracking(vm);
            try {
                made.begin(splitting);
                made.source = vm.trackDirty(source);
            } catch (RuntimeException e) {
                made.close();
                throw e;
            }
            return made;
        });
    }

    private void begin(Splitting splitting) {
        PageSet large = largePages();
        if (splitting == Splitting.LAZY) {
            claim.allow(large, READ_ONLY);
        } else {
            large.forEachRange((gpa, bytes) -> {
                for (long page = gpa; page < gpa + bytes; page += LARGE.bytes()) {
                    split(page);
                }
            });
        }
    }

    private PageSet largePages() {
        SecondLevelMap map = vm.secondLevel();
        PageSet backed = new PageSet();
        map.backedPages(vm.settings().memoryBytes(), backed);
        PageSet large = new PageSet();
        backed.forEachRange((address, bytes) -> {
            for (long gpa = address; gpa < address + bytes; ) {
                PageSize size = map.pageSize(gpa);
                long covered = (size == null ? PageSize.SIZE_4K : size).bytes();
                long start = gpa & -covered;
                if (covered != PageSize.SIZE_4K.bytes()) {
                    large.add(start, covered);
                }
                gpa = start + covered;
            }
        });
        return large;
    }

    /// Splits what maps `gpa` down to 4 KiB.
    private void split(long gpa) {
        SecondLevelMap map = vm.secondLevel();
        PageSize size = map.pageSize(gpa);
        while (size != null && size != PageSize.SIZE_4K) {
            map.split(gpa);
            PageSize smaller = map.pageSize(gpa);
            size = smaller == size ? null : smaller;
        }
    }

    @Override
    public Verdict handle(VirtualCpu cpu, VmExit exit) {
        if (!(exit instanceof VmExit.WriteTrap trap)) {
            return Verdict.NOT_MINE;
        }
        claim.allow(trap.gpa() & ~LARGE.offsetMask(), LARGE.bytes(), SecondLevelMap.ALL);
        split(trap.gpa());
        return Verdict.RESUME;
    }

    @Override
    public void collect(PageSet into) {
        tracking().collect(into);
    }

    @Override
    public void peek(PageSet into) {
        tracking().peek(into);
    }

    private DirtyPages tracking() {
        if (source == null) {
            throw new IllegalStateException("tracking has not begun");
        }
        return source;
    }

    @Override
    public void close() {
        if (!closed) {
            closed = true;
            vm.exclusively(() -> {
                if (source != null) {
                    source.close();
                }
                claim.close();
                small.close();
            });
        }
    }
}
