package org.nestwalk.kvm.measure;

import java.util.function.LongConsumer;
import org.jspecify.annotations.Nullable;
import org.nestwalk.InputException;
import org.nestwalk.bits.PageSize;
import org.nestwalk.kvm.code.RandomLoads;
import org.nestwalk.kvm.handle.Kvm;
import org.nestwalk.kvm.handle.KvmVcpu;
import org.nestwalk.kvm.handle.KvmVm;
import org.nestwalk.kvm.sys.SystemCallException;

/// Loads in a guest of the host's KVM, from the same memory as [NativeLoads] of it and with pages
/// of the same size in both dimensions. The time-stamp counter is read in the guest, so that exits
/// are not in what it measures.
///
/// To be used by one thread, which is no virtual one.
public final class GuestLoads implements Loads {
    private static final long PIECE = 64L << 20;

    private final PagedMemory memory;
    private final LoadGuest guest;
    private final KvmVm vm;
    private final KvmVcpu cpu;
    private final LoadBlock block;

    private GuestLoads(PagedMemory memory, LoadGuest guest, KvmVm vm, KvmVcpu cpu) {
        this.memory = memory;
        this.guest = guest;
        this.vm = vm;
        this.cpu = cpu;
        this.block = guest.block();
        guest.prepare(cpu.system());
        cpu.systemChanged();
    }

    /// A guest whose memory has all been touched, so that its second level is there.
    ///
    /// @param touched told how many bytes have just been touched
    /// @throws InputException if KVM does not run it
    public static GuestLoads of(Kvm kvm, PagedMemory memory, LongConsumer touched) {
        LoadGuest guest = new LoadGuest(memory);
        KvmVm vm = null;
        KvmVcpu cpu = null;
        try {
            vm = kvm.createVm();
            guest.attach(vm, memory.bytes(), memory.address());
            cpu = vm.createCpu(0, 0);
            GuestLoads loads = new GuestLoads(memory, guest, vm, cpu);
            loads.touch(touched);
            return loads;
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
        for (long at = 0; at < memory.bytes(); at += PIECE) {
            long piece = Math.min(PIECE, memory.bytes() - at);
            block.prepareInOrder(
                    LoadGuest.DATA + at, new LoadPattern(piece, PageSize.SIZE_4K.bytes()));
            run();
            touched.accept(piece);
        }
    }

    @Override
    public Place place() {
        return Place.GUEST;
    }

    @Override
    public PageSize pages() {
        return memory.pages();
    }

    @Override
    public long bytes() {
        return memory.bytes();
    }

    @Override
    public long chase(LoadPattern pattern, int warming, int settling, int loads) {
        if (pattern.bytes() > memory.bytes() || Math.min(Math.min(warming, settling), loads) < 1) {
            throw new IllegalArgumentException(pattern + ", " + loads + " loads");
        }
        block.prepare(
                LoadGuest.DATA + memory.offset(pattern.bytes()), pattern, warming, settling, loads);
        return run();
    }

    private long run() {
        LoadGuest.run(cpu, RandomLoads.DONE_PORT);
        return block.ticks();
    }

    @Override
    public long flood(LoadPattern pattern, int loads) {
        long _ = chase(pattern, loads, 1);
        return block.warmingTicks();
    }

    @Override
    public void close() {
        close(guest, vm, cpu);
    }
}
