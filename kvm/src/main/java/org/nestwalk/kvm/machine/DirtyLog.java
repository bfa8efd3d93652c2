package org.nestwalk.kvm.machine;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.BitSet;
import java.util.List;
import java.util.function.LongConsumer;
import org.nestwalk.bits.PageSize;
import org.nestwalk.kvm.handle.Extension;
import org.nestwalk.kvm.handle.KvmVcpu;
import org.nestwalk.kvm.handle.KvmVm;

/// Which pages of guest memory were written since they were last asked for: by the guest, as KVM
/// logs it, or by its kernel, whose stores come from outside the guest and are noted here.
final class DirtyLog implements AutoCloseable {
    private static final long PAGE = PageSize.SIZE_4K.bytes();

    /// Entries of a CPU's ring: it exits when 64 fewer are in use.
    static final int RING_ENTRIES = 4096;

    /// Bytes of a CPU's ring.
    static final int RING_BYTES = RING_ENTRIES * 16;

    private final KvmVm vm;
    private final int slot;
    private final int pages;
    private final KvmSettings.Dirty kind;
    private final List<KvmVcpu> cpus;
    private final Arena arena = Arena.ofShared();
    private final MemorySegment bitmap;
    private final BitSet dirty = new BitSet();

    /// Of the memory in `slot`.
    ///
    /// @param cpus may be filled later
    DirtyLog(KvmVm vm, int slot, long bytes, KvmSettings.Dirty kind, List<KvmVcpu> cpus) {
        this.vm = vm;
        this.slot = slot;
        this.pages = (int) (bytes / PAGE);
        this.kind = kind;
        this.cpus = cpus;
        bitmap =
                arena.allocate(
                        kind == KvmSettings.Dirty.BITMAP ? ((long) pages + 63) / 64 * 8 : 8, 8);
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

    /// The kernel has written to a page.
    void note(long gpa) {
        if (kind != KvmSettings.Dirty.NONE) {
            dirty.set((int) (gpa / PAGE));
        }
    }

    /// Whether a page was written.
    boolean isDirty(long gpa) {
        collect();
        return dirty.get((int) (gpa / PAGE));
    }

    /// Reports and forgets the written pages of a range, in ascending order.
    ///
    /// @throws UnsupportedOperationException if nothing is logged
    void harvest(long gpa, long bytes, LongConsumer consumer) {
        collect();
        int end = (int) ((gpa + bytes) / PAGE);
        for (int page = dirty.nextSetBit((int) (gpa / PAGE));
                page >= 0 && page < end;
                page = dirty.nextSetBit(page + 1)) {
            dirty.clear(page);
            consumer.accept(page * PAGE);
        }
    }

    /// Empties the ring of one CPU.
    ///
    /// @throws UnsupportedOperationException if there are no rings
    void drain(KvmVcpu cpu, LongConsumer consumer) {
        if (kind != KvmSettings.Dirty.RING) {
            throw new UnsupportedOperationException("the virtual machine was made without rings");
        }
        int _ =
                cpu.ring()
                        .harvest((from, page) -> {
                            if (from == slot) {
                                dirty.set((int) page);
                                consumer.accept(page * PAGE);
                            }
                        });
        int _ = vm.resetDirtyRings();
    }

    private void collect() {
        switch (kind) {
            case NONE ->
                    throw new UnsupportedOperationException(
                            "the virtual machine was made without a dirty log");
            case BITMAP -> collectBitmap();
            case RING -> cpus.forEach(cpu -> drain(cpu, gpa -> {}));
        }
    }

    private void collectBitmap() {
        vm.dirtyLog(slot, bitmap);
        boolean any = false;
        for (long i = 0; i < bitmap.byteSize() / Long.BYTES; i++) {
            long word = bitmap.getAtIndex(ValueLayout.JAVA_LONG, i);
            any |= word != 0;
            while (word != 0) {
                dirty.set((int) (64 * i) + Long.numberOfTrailingZeros(word));
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
