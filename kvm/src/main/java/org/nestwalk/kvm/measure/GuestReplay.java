package org.nestwalk.kvm.measure;

import java.util.function.LongConsumer;
import org.jspecify.annotations.Nullable;
import org.nestwalk.InputException;
import org.nestwalk.bits.Access;
import org.nestwalk.bits.PageSize;
import org.nestwalk.kvm.code.DeclaredAccesses;
import org.nestwalk.kvm.handle.Kvm;
import org.nestwalk.kvm.handle.KvmVcpu;
import org.nestwalk.kvm.handle.KvmVm;
import org.nestwalk.kvm.measure.Loads.Place;
import org.nestwalk.kvm.sys.SystemCallException;

/// Accesses in a guest of the host's KVM, to the same memory as [NativeReplay] of it. The
/// time-stamp counter is read in the guest, so that exits are not in what it measures.
///
/// To be used by one thread, which is no virtual one.
public final class GuestReplay implements Replay {
    private static final int PIECE = 1 << 14;

    private final PagedMemory memory;
    private final PageSize pages;
    private final int most;
    private final LoadGuest guest;
    private final KvmVm vm;
    private final KvmVcpu cpu;

    private GuestReplay(
            PagedMemory memory, PageSize pages, int most, LoadGuest guest, KvmVm vm, KvmVcpu cpu) {
        this.memory = memory;
        this.pages = pages;
        this.most = most;
        this.guest = guest;
        this.vm = vm;
        this.cpu = cpu;
        guest.prepare(cpu.system());
        cpu.systemChanged();
    }

    /// A guest whose memory has all been touched, so that its second level is there.
    ///
    /// @param pages of the guest's tables; those of the host are the memory's
    /// @param most accesses at a time
    /// @param touched told how many bytes have just been touched
    /// @throws InputException if KVM does not run it
    public static GuestReplay of(
            Kvm kvm, PagedMemory memory, PageSize pages, int most, LongConsumer touched) {
        int room = Math.max(most, PIECE);
        LoadGuest guest =
                new LoadGuest(
                        memory.bytes(),
                        pages,
                        DeclaredAccesses.inGuest(),
                        (2L * room + 1) * Long.BYTES);
        KvmVm vm = null;
        KvmVcpu cpu = null;
        try {
            vm = kvm.createVm();
            guest.attach(vm, memory.bytes(), memory.address());
            cpu = vm.createCpu(0, 0);
            GuestReplay replay = new GuestReplay(memory, pages, room, guest, vm, cpu);
            replay.touch(touched);
            return replay;
        } catch (SystemCallException e) {
            close(guest, vm, cpu);
            throw new InputException("KVM makes no guest to measure: " + e.getMessage(), e);
        } catch (RuntimeException e) {
            close(guest, vm, cpu);
            throw e;
        }
    }

    private static void close(LoadGuest guest, @Nullable KvmVm vm, @Nullable KvmVcpu cpu) {
        if (cpu != null) {
            cpu.close();
        }
        if (vm != null) {
            vm.close();
        }
        guest.close();
    }

    private void touch(LongConsumer touched) {
        long[] stores = new long[PIECE];
        for (long at = 0; at < memory.bytes(); at += PIECE * PageSize.SIZE_4K.bytes()) {
            for (int i = 0; i < PIECE; i++) {
                // Behind the end the last page is touched again.
                long offset = Math.min(at + i * PageSize.SIZE_4K.bytes(), memory.bytes() - 8);
                stores[i] = Access.pack(Access.STORE, offset);
            }
            make(stores, PIECE, 0);
            touched.accept(Math.min(PIECE * PageSize.SIZE_4K.bytes(), memory.bytes() - at));
        }
    }

    @Override
    public Place place() {
        return Place.GUEST;
    }

    @Override
    public PageSize pages() {
        return pages;
    }

    @Override
    public long bytes() {
        return memory.bytes();
    }

    @Override
    public long[] times(long[] accesses, int length, long footprint) {
        pieces(accesses, length, footprint, most);
        return make(accesses, length, memory.offset(footprint));
    }

    private long[] make(long[] accesses, int length, long offset) {
        int pieces = accesses.length / length;
        long times = (long) most * Long.BYTES;
        Replay.write(accesses, LoadGuest.DATA + offset, guest.list());
        Replay.write(
                guest.parameters(),
                guest.listAddress(),
                pieces,
                length,
                guest.listAddress() + times);
        LoadGuest.run(cpu, DeclaredAccesses.DONE_PORT);
        return Replay.differences(guest.list().asSlice(times), pieces);
    }

    @Override
    public void close() {
        close(guest, vm, cpu);
    }
}
