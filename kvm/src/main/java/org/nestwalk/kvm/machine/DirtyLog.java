package org.nestwalk.kvm.machine;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.List;
import java.util.Set;
import java.util.function.Consumer;
import org.nestwalk.bits.PageSize;
import org.nestwalk.kvm.handle.Extension;
import org.nestwalk.kvm.handle.KvmVcpu;
import org.nestwalk.kvm.handle.KvmVm;
import org.nestwalk.machine.DirtySource;
import org.nestwalk.machine.dirty.DirtyTrackers;
import org.nestwalk.memory.PageSet;

/// Finds the pages of guest memory that the guest has written, as KVM logs them.
final class DirtyLog implements DirtyTrackers.Hardware, AutoCloseable {
    private static final long PAGE = PageSize.SIZE_4K.bytes();

    /// Entries of a CPU's ring: it exits when 64 fewer are in use.
    static final int RING_ENTRIES = 4096;

    /// Bytes of a CPU's ring.
    static final int RING_BYTES = RING_ENTRIES * 16;

    private KvmSlots slots;
    private final KvmSettings.Dirty kind;
    private final List<KvmVcpu> cpus;
    private final Arena arena = Arena.ofShared();
    private final MemorySegment bitmap;
    private final PageSet dirty = new PageSet();
    private final DirtyTrackers trackers;

    /// The log of the memory in `slots`.
    ///
    /// @param cpus may be filled later
    /// @param exclusively runs work while no CPU is in the guest
    DirtyLog(
            KvmSlots slots,
            long bytes,
            KvmSettings.Dirty kind,
            List<KvmVcpu> cpus,
            Consumer<Runnable> exclusively) {
        this.trackers = new DirtyTrackers(this, exclusively);
        this.slots = slots;
        long words = (bytes / PAGE + Long.SIZE - 1) / Long.SIZE;
        this.kind = kind;
        this.cpus = cpus;
        bitmap =
                arena.allocate(
                        kind == KvmSettings.Dirty.BITMAP ? words * Long.BYTES : Long.BYTES,
                        Long.BYTES);
    }

    /// Prepares a machine that has no CPU and no memory yet.
    static void prepare(KvmVm vm, KvmSettings.Dirty kind) {
        switch (kind) {
            case NONE -> {}
            case BITMAP -> {
                if (vm.kvm().has(Extension.MANUAL_DIRTY_PROTECT)) {
                    vm.enable(Extension.MANUAL_DIRTY_PROTECT, 1);
                }
            }
            case RING -> vm.enable(Extension.DIRTY_RING, RING_BYTES);
        }
    }

    /// Goes on in `next`, of which nothing has been written yet. What has been written until now is
    /// not lost.
    void moveTo(KvmSlots next) {
        if (!trackers.isEmpty()) {
            fetch(true);
        }
        slots = next;
    }

    /// Bytes of the ring of a CPU, 0 if there is none.
    static int ringBytes(KvmSettings.Dirty kind) {
        return kind == KvmSettings.Dirty.RING ? RING_BYTES : 0;
    }

    /// Who wants to know.
    DirtyTrackers trackers() {
        return trackers;
    }

    /// The sources that there are.
    Set<DirtySource> sources() {
        return switch (kind) {
            case NONE -> Set.of();
            case BITMAP -> Set.of(DirtySource.HOST_BITMAP);
            case RING -> Set.of(DirtySource.HOST_RING);
        };
    }

    @Override
    public void begin(DirtySource source) {
        if (!sources().contains(source)) {
            throw new UnsupportedOperationException(
                    "this virtual machine was made without " + source.label());
        }
        fetch(true);
    }

    @Override
    public void end(DirtySource source) {}

    /// Empties the ring of one CPU.
    void drain(KvmVcpu cpu) {
        int _ =
                cpu.ring()
                        .harvest((slot, page) -> {
                            long from = slots.addressOf(slot);
                            if (from >= 0) {
                                dirty.add(from + page * PAGE, PAGE);
                            }
                        });
        int _ = slots.vm().resetDirtyRings();
    }

    /// Looking forgets: the kernel's rings and bitmap are emptied by being read.
    @Override
    public void fetch(boolean forget) {
        switch (kind) {
            case NONE -> {}
            case BITMAP -> slots.forEachReached(this::collectBitmap);
            case RING -> cpus.forEach(this::drain);
        }
        dirty.forEachRange(trackers::found);
        dirty.clear();
    }

    private void collectBitmap(int slot, long gpa, long bytes) {
        KvmVm vm = slots.vm();
        int pages = (int) (bytes / PAGE);
        vm.dirtyLog(slot, bitmap);
        boolean any = false;
        for (long i = 0; i < (pages + Long.SIZE - 1) / Long.SIZE; i++) {
            long word = bitmap.getAtIndex(ValueLayout.JAVA_LONG, i);
            any |= word != 0;
            while (word != 0) {
                long page = Long.SIZE * i + Long.numberOfTrailingZeros(word);
                dirty.add(gpa + page * PAGE, PAGE);
                word &= word - 1;
            }
        }
        if (any && vm.kvm().has(Extension.MANUAL_DIRTY_PROTECT)) {
            vm.clearDirtyLog(slot, 0, pages, bitmap);
        }
    }

    @Override
    public void close() {
        arena.close();
    }
}
