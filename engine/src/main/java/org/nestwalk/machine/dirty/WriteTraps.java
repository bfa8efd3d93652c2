package org.nestwalk.machine.dirty;

import org.nestwalk.bits.PageSize;
import org.nestwalk.machine.DirtyPages;
import org.nestwalk.machine.ExitPart;
import org.nestwalk.machine.RightsClaim;
import org.nestwalk.machine.SecondLevelMap;
import org.nestwalk.machine.Verdict;
import org.nestwalk.machine.VirtualCpu;
import org.nestwalk.machine.VirtualMachine;
import org.nestwalk.machine.VmExit;
import org.nestwalk.memory.PageSet;

/// Finds written pages by withholding the right to write: see
/// [org.nestwalk.machine.DirtySource#TRAPS].
public final class WriteTraps implements DirtyPages, ExitPart, DirtyTrackers.Tracker {
    private static final int READ_ONLY = SecondLevelMap.READ | SecondLevelMap.EXECUTE;

    private final VirtualMachine vm;
    private final DirtyTrackers trackers;
    private final PageSet pages = new PageSet();
    private final PageSet open = new PageSet();
    private final RightsClaim claim;
    private boolean closed;

    private WriteTraps(VirtualMachine vm, DirtyTrackers trackers) {
        this.vm = vm;
        this.trackers = trackers;
        this.claim = vm.claim(this);
    }

    /// Starts tracking `vm`.
    ///
    /// @param trackers of the same machine
    /// @throws UnsupportedOperationException if the machine cannot withhold the right to write
    public static DirtyPages open(VirtualMachine vm, DirtyTrackers trackers) {
        WriteTraps made = new WriteTraps(vm, trackers);
        vm.exclusively(() -> {
            try {
                made.claim.allow(0, vm.settings().memoryBytes(), READ_ONLY);
            } catch (UnsupportedOperationException e) {
                made.claim.close();
                throw e;
            }
            trackers.add(made);
        });
        return made;
    }

    @Override
    public Verdict handle(VirtualCpu cpu, VmExit exit) {
        if (!(exit instanceof VmExit.WriteTrap trap)) {
            return Verdict.NOT_MINE;
        }
        PageSize size = vm.secondLevel().pageSize(trap.gpa());
        if (size == null) {
            return Verdict.NOT_MINE;
        }
        long page = trap.gpa() & ~size.offsetMask();
        mark(page, size.bytes());
        open.add(page, size.bytes());
        claim.allow(page, size.bytes(), SecondLevelMap.ALL);
        return Verdict.RESUME;
    }

    @Override
    public void mark(long gpa, long bytes) {
        pages.add(gpa, bytes);
    }

    @Override
    public void collect(PageSet into) {
        vm.exclusively(() -> {
            into.addAll(pages);
            pages.clear();
            open.forEachRange((gpa, bytes) -> claim.allow(gpa, bytes, READ_ONLY));
            vm.scanned(open.size(), 0);
            open.clear();
        });
    }

    @Override
    public void peek(PageSet into) {
        vm.exclusively(() -> into.addAll(pages));
    }

    @Override
    public void close() {
        if (!closed) {
            closed = true;
            vm.exclusively(() -> {
                trackers.remove(this);
                claim.close();
            });
        }
    }
}
