package org.nestwalk.kvm.machine;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.List;
import java.util.Set;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.nestwalk.InputException;
import org.nestwalk.bits.PageSize;
import org.nestwalk.kvm.handle.Extension;
import org.nestwalk.kvm.handle.KvmVcpu;
import org.nestwalk.kvm.handle.KvmVm;
import org.nestwalk.kvm.sys.PageMap;
import org.nestwalk.kvm.sys.SystemCallException;
import org.nestwalk.kvm.sys.UserFault;
import org.nestwalk.machine.DirtySource;
import org.nestwalk.machine.dirty.DirtyTrackers;
import org.nestwalk.memory.PageSet;

/// Finds the pages of guest memory that the guest has written, as KVM logs them, or the host's page
/// tables show.
final class DirtyLog implements DirtyTrackers.Hardware, AutoCloseable {
    private static final long PAGE = PageSize.SIZE_4K.bytes();

    /// Entries of a CPU's ring: it exits when 64 fewer are in use.
    static final int RING_ENTRIES = 4096;

    /// Bytes of a CPU's ring.
    static final int RING_BYTES = RING_ENTRIES * 16;

    private KvmSlots slots;
    private final KvmSettings.Dirty kind;
    private final int clearedTogether;
    private final GuestRam ram;
    private final @Nullable UserFault watch;
    private final List<KvmVcpu> cpus;
    private final Arena arena = Arena.ofShared();
    private final MemorySegment bitmap;
    private final PageSet dirty = new PageSet();
    private final DirtyTrackers trackers;

    /// The log of the memory in `slots`.
    ///
    /// @param settings how writes are logged, and cleared
    /// @param cpus may be filled later
    /// @param exclusively runs work while no CPU is in the guest
    /// @throws InputException if the host cannot log so
    DirtyLog(
            KvmSlots slots,
            GuestRam ram,
            KvmSettings settings,
            List<KvmVcpu> cpus,
            Consumer<Runnable> exclusively) {
        this.trackers = new DirtyTrackers(this, exclusively);
        this.slots = slots;
        long words = (ram.bytes() / PAGE + Long.SIZE - 1) / Long.SIZE;
        this.ram = ram;
        this.kind = settings.dirty();
        this.clearedTogether = (int) Math.min(settings.clearBytes() / PAGE, 1 << 30);
        this.watch = settings.dirty() == KvmSettings.Dirty.SCAN ? openWatch() : null;
        this.cpus = cpus;
        bitmap =
                arena.allocate(
                        settings.dirty() == KvmSettings.Dirty.BITMAP
                                ? words * Long.BYTES
                                : Long.BYTES,
                        Long.BYTES);
    }

    private static UserFault openWatch() {
        try {
            return UserFault.watching();
        } catch (SystemCallException e) {
            throw new InputException(
                    "this host's kernel cannot tell which pages were written (%s); use Linux 6.7 or newer, or KVM's bitmap"
                            .formatted(e.getMessage()),
                    e);
        }
    }

    /// Prepares a machine that has no CPU and no memory yet.
    static void prepare(KvmVm vm, KvmSettings.Dirty kind) {
        switch (kind) {
            case NONE, SCAN -> {}
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

    /// The memory has another mapping now, of which nothing has been written yet.
    void remapped() {
        if (!trackers.isEmpty()) {
            watch();
        }
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
        return kind.source().map(Set::of).orElse(Set.of());
    }

    @Override
    public void begin(DirtySource source) {
        if (!sources().contains(source)) {
            throw new UnsupportedOperationException(
                    "this virtual machine was made without " + source.label());
        }
        watch();
        fetch(true);
    }

    /// Has the host's kernel watch for writes, if that is how they are found.
    private void watch() {
        if (watch != null) {
            watch.register(ram.mapping());
            watch.protect(ram.mapping(), 0, ram.bytes(), true);
        }
    }

    @Override
    public void end(DirtySource source) {
        if (watch != null) {
            watch.unregister(ram.mapping());
        }
    }

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
            case SCAN -> PageMap.collectWritten(ram.address(), ram.bytes(), dirty::add);
        }
        dirty.forEachRange(trackers::found);
        dirty.clear();
    }

    private void collectBitmap(int slot, long gpa, long length) {
        KvmVm vm = slots.vm();
        int pages = (int) (length / PAGE);
        vm.dirtyLog(slot, bitmap);
        boolean manual = vm.kvm().has(Extension.MANUAL_DIRTY_PROTECT);
        int count;
        for (int first = 0; first < pages; first += count) {
            count = Math.min(clearedTogether, pages - first);
            if (collectBits(gpa, first, count) && manual) {
                long bytes = (count + 63) / 64 * 8L;
                vm.clearDirtyLog(slot, first, count, bitmap.asSlice(first / 8, bytes));
            }
        }
    }

    /// Returns whether any of `count` pages from `first`, a multiple of 64, of a slot that begins
    /// at `gpa`, is dirty.
    private boolean collectBits(long gpa, int first, int count) {
        boolean any = false;
        for (long i = first / 64; i < (first + count + 63) / 64; i++) {
            long word = bitmap.getAtIndex(ValueLayout.JAVA_LONG, i);
            any |= word != 0;
            while (word != 0) {
                dirty.add(gpa + (64 * i + Long.numberOfTrailingZeros(word)) * PAGE, PAGE);
                word &= word - 1;
            }
        }
        return any;
    }

    @Override
    public void close() {
        if (watch != null) {
            watch.close();
        }
        arena.close();
    }
}
