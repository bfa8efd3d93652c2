package org.nestwalk.kvm.measure;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import org.jspecify.annotations.Nullable;
import org.nestwalk.InputException;
import org.nestwalk.bits.PageSize;
import org.nestwalk.kvm.code.TimedTouches;
import org.nestwalk.kvm.handle.Extension;
import org.nestwalk.kvm.handle.Kvm;
import org.nestwalk.kvm.handle.KvmVcpu;
import org.nestwalk.kvm.handle.KvmVm;
import org.nestwalk.kvm.sys.MappedMemory;
import org.nestwalk.kvm.sys.SystemCallException;

/// What a guest of the host's KVM waits for when it touches memory, each touch timed in the guest:
/// memory of which nothing is backed, or that was backed before in one of several ways.
///
/// To be used by one thread, which is no virtual one.
public final class FirstTouches implements AutoCloseable {

    private final MappedMemory memory;
    private final LoadGuest guest;
    private final KvmVm vm;
    private final KvmVcpu cpu;
    private final boolean preFaults;

    /// A guest with `bytes` of memory, of which nothing is backed.
    ///
    /// @param pages that the host is asked to back it by, and of the guest's tables
    /// @param most touches at a time
    /// @throws InputException if KVM does not run it, or there is no memory
    public FirstTouches(Kvm kvm, long bytes, PageSize pages, int most) {
        preFaults = kvm.has(Extension.PRE_FAULT_MEMORY);
        MappedMemory data = null;
        LoadGuest made = null;
        KvmVm machine = null;
        KvmVcpu first = null;
        try {
            data = MappedMemory.anonymous(bytes, PageSize.SIZE_2M.bytes());
            boolean large = pages == PageSize.SIZE_2M;
            // Kernels without large pages refuse both; small ones are all there are then.
            int _ =
                    data.tryAdvise(
                            0, bytes, large ? MappedMemory.HUGE_PAGE : MappedMemory.NO_HUGE_PAGE);
            made = new LoadGuest(bytes, pages, TimedTouches.inGuest(), (long) most * Long.BYTES);
            machine = kvm.createVm();
            made.attach(machine, bytes, data.address());
            first = machine.createCpu(0, 0);
            made.prepare(first.system());
            first.systemChanged();
        } catch (SystemCallException e) {
            close(first, machine, made, data);
            throw new InputException("KVM makes no guest to measure: " + e.getMessage(), e);
        } catch (RuntimeException e) {
            close(first, machine, made, data);
            throw e;
        }
        memory = data;
        guest = made;
        vm = machine;
        cpu = first;
        // The list and the code are there before anything is timed.
        long[] _ = touch(new long[] {0});
        memory.advise(0, bytes, MappedMemory.DONT_NEED);
    }

    /// Whether KVM maps memory before it is touched ([#preFault]).
    public boolean canPreFault() {
        return preFaults;
    }

    /// Has KVM map a range.
    ///
    /// @return how many calls it took
    /// @throws InputException if it refuses
    public int preFault(long offset, long bytes) {
        try {
            return cpu.preFault(LoadGuest.DATA + offset, bytes);
        } catch (SystemCallException e) {
            throw new InputException("KVM maps no memory before it is touched: " + e, e);
        }
    }

    /// Has the host back a range, as if this process had written it; KVM finds it there when the
    /// guest touches it.
    ///
    /// @throws InputException if there is no memory
    public void populate(long offset, long bytes) {
        try {
            memory.advise(offset, bytes, MappedMemory.POPULATE_WRITE);
        } catch (SystemCallException e) {
            throw new InputException("the host backs no memory before it is touched: " + e, e);
        }
    }

    /// Bytes that are backed.
    public long backedBytes() {
        return memory.residentPages(0, memory.bytes()) * PageSize.SIZE_4K.bytes();
    }

    /// Has the guest store to one word at each of `offsets`, in order.
    ///
    /// @return ticks of the time-stamp counter that each took
    public long[] touch(long[] offsets) {
        MemorySegment list = guest.list();
        for (int i = 0; i < offsets.length; i++) {
            list.setAtIndex(ValueLayout.JAVA_LONG, i, LoadGuest.DATA + offsets[i]);
        }
        MemorySegment block = guest.block().segment();
        block.set(ValueLayout.JAVA_LONG, TimedTouches.LIST, guest.listAddress());
        block.set(ValueLayout.JAVA_LONG, TimedTouches.COUNT, offsets.length);
        run();
        return list.asSlice(0, (long) offsets.length * Long.BYTES).toArray(ValueLayout.JAVA_LONG);
    }

    private void run() {
        LoadGuest.run(cpu, TimedTouches.DONE_PORT);
    }

    /// Ticks a second.
    public double frequency() {
        return cpu.tscFrequency();
    }

    @Override
    public void close() {
        close(cpu, vm, guest, memory);
    }

    private static void close(
            @Nullable KvmVcpu cpu,
            @Nullable KvmVm vm,
            @Nullable LoadGuest guest,
            @Nullable MappedMemory memory) {
        if (cpu != null) {
            cpu.close();
        }
        if (vm != null) {
            vm.close();
        }
        if (guest != null) {
            guest.close();
        }
        if (memory != null) {
            memory.close();
        }
    }
}
