package org.nestwalk.machine.dirty;

import java.util.List;
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
/// [org.nestwalk.machine.DirtySource#TRAPS]. With rings ([org.nestwalk.machine.DirtySource#RING])
/// each CPU notes what it finds in a [DirtyRing] of its own. When that is soft full the CPU exits,
/// all rings are harvested and reset, and what they held is protected again: also the page whose
/// write met the full ring, which is found twice, as on KVM.
public final class WriteTraps implements DirtyPages, ExitPart, DirtyTrackers.Tracker {
    private static final int READ_ONLY = SecondLevelMap.READ | SecondLevelMap.EXECUTE;

    private final VirtualMachine vm;
    private final DirtyTrackers trackers;
    private final List<DirtyRing> rings;
    private final FullRing full;
    private final PageSet pages = new PageSet();
    private final PageSet open = new PageSet();
    private final RightsClaim claim;
    private boolean closed;

    /// What a machine does when a CPU's ring is soft full.
    @FunctionalInterface
    public interface FullRing {
        /// Has `cpu` exit, and does `reap` in the exit.
        void exit(VirtualCpu cpu, Runnable reap);
    }

    private WriteTraps(
            VirtualMachine vm, DirtyTrackers trackers, List<DirtyRing> rings, FullRing full) {
        this.vm = vm;
        this.trackers = trackers;
        this.rings = rings;
        this.full = full;
        this.claim = vm.claim(this);
    }

    /// Starts tracking `vm`.
    ///
    /// @param trackers of the same machine
    /// @throws UnsupportedOperationException if the machine cannot withhold the right to write
    public static DirtyPages open(VirtualMachine vm, DirtyTrackers trackers) {
        return new WriteTraps(vm, trackers, List.of(), (cpu, reap) -> {}).start();
    }

    /// Starts tracking `vm` by a ring for each of its CPUs.
    ///
    /// @param trackers of the same machine
    /// @param entries of each ring, more than [DirtyRing#RESERVED]
    /// @param full what is done when one is soft full
    /// @throws UnsupportedOperationException if the machine cannot withhold the right to write
    public static DirtyPages withRings(
            VirtualMachine vm, DirtyTrackers trackers, int entries, FullRing full) {
        List<DirtyRing> rings = vm.cpus().stream().map(_ -> new DirtyRing(entries)).toList();
        return new WriteTraps(vm, trackers, rings, full).start();
    }

    private DirtyPages start() {
        vm.exclusively(() -> {
            try {
                claim.allow(0, vm.settings().memoryBytes(), READ_ONLY);
            } catch (UnsupportedOperationException e) {
                claim.close();
                throw e;
            }
            trackers.fetchFromDevices();
            trackers.add(this);
        });
        return this;
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
        claim.allow(page, size.bytes(), SecondLevelMap.ALL);
        if (rings.isEmpty()) {
            found(page, size.bytes());
        } else {
            DirtyRing ring = rings.get(cpu.index());
            ring.append(page, size);
            if (ring.isSoftFull()) {
                full.exit(cpu, this::reap);
            }
        }
        return Verdict.RESUME;
    }

    /// A range may be written from now on, until it is protected again.
    private void found(long page, long bytes) {
        mark(page, bytes);
        open.add(page, bytes);
    }

    private void harvest() {
        rings.forEach(ring -> ring.harvest(this::found));
    }

    /// Protects again what was found, of which all trackers of this have been told.
    private void reap() {
        harvest();
        rings.forEach(DirtyRing::reset);
        claim.allow(open, READ_ONLY);
        vm.scanned(open.size(), 0);
        open.clear();
    }

    @Override
    public void mark(long gpa, long bytes) {
        pages.add(gpa, bytes);
    }

    @Override
    public void collect(PageSet into) {
        vm.exclusively(() -> {
            reap();
            trackers.fetchFromDevices();
            into.addAll(pages);
            pages.clear();
        });
    }

    @Override
    public void peek(PageSet into) {
        vm.exclusively(() -> {
            harvest();
            trackers.fetchFromDevices();
            into.addAll(pages);
        });
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
