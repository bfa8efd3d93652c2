package org.nestwalk.bench.compare.measured;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.function.LongFunction;
import org.nestwalk.bits.PageSize;
import org.nestwalk.kvm.code.ReplayLoop;
import org.nestwalk.kvm.handle.GeneralRegisters;
import org.nestwalk.kvm.handle.GeneralRegisters.Name;
import org.nestwalk.machine.Checksum;

/// The replay loop in a guest on KVM by itself: all accesses lie in guest memory, and one exit ends
/// them all.
final class GuestLoop implements AutoCloseable {
    private static final long LARGE = PageSize.SIZE_2M.bytes();
    private static final long DATA = 256L << 20;

    private final FlatGuest guest;
    private final PageSize pages;
    private final long bytes;
    private final long stream;
    private final int count;
    private long checksum;

    /// Of accesses to `bytes` of memory, at most 512 MiB, all of it there, in pages of `pages` in
    /// the guest and behind it.
    ///
    /// @param accesses the accesses to memory from an address
    GuestLoop(long bytes, PageSize pages, LongFunction<long[]> accesses) {
        this.pages = pages;
        this.bytes = bytes;
        long[] made = accesses.apply(DATA);
        count = made.length;
        stream = DATA + bytes;
        long streamBytes = (long) count * Long.BYTES + LARGE - 1 & -LARGE;
        guest = new FlatGuest(stream + streamBytes, ReplayLoop.inGuest());
        NativeReplay.populate(guest.memory(), DATA, bytes, pages);
        NativeReplay.mark(guest.memory().segment().asSlice(DATA, bytes));
        NativeReplay.populate(guest.memory(), stream, streamBytes, PageSize.SIZE_2M);
        if (pages == PageSize.SIZE_4K) {
            guest.mapSmall(DATA, bytes);
        }
        MemorySegment.copy(made, 0, guest.memory().segment(), ValueLayout.JAVA_LONG, stream, count);
    }

    /// Makes all accesses.
    void replay() {
        GeneralRegisters registers = guest.start();
        registers.set(Name.RSI, stream);
        registers.set(Name.RCX, count);
        registers.set(Name.RBX, Checksum.START);
        registers.set(Name.R8, Checksum.STEP);
        registers.set(Name.R9, Checksum.STEP);
        guest.enter();
        checksum = registers.get(Name.RBX);
    }

    /// The checksum of the last replay.
    long checksum() {
        return checksum;
    }

    /// Checks that the memory is mapped on the host by pages of the size that was asked for.
    ///
    /// @throws IllegalStateException if not
    void checkPages() {
        NativeReplay.checkPages(guest.memory(), DATA, bytes, pages);
    }

    @Override
    public void close() {
        guest.close();
    }
}
