package org.nestwalk.kvm.measure;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import org.nestwalk.bits.PageSize;
import org.nestwalk.kvm.code.DeclaredAccesses;
import org.nestwalk.kvm.measure.Loads.Place;
import org.nestwalk.kvm.sys.MappedMemory;
import org.nestwalk.kvm.sys.NativeFunction;

/// Accesses by this process.
public final class NativeReplay implements Replay {
    private final PagedMemory memory;
    private final int most;
    private final NativeFunction function =
            NativeFunction.of(DeclaredAccesses.asFunction().bytes());
    private final Arena arena = Arena.ofShared();
    private final MemorySegment block =
            arena.allocate(DeclaredAccesses.BLOCK_BYTES, LoadPattern.LINE);
    private final MappedMemory list;

    /// Accesses to `memory`, which stays its owner's.
    ///
    /// @param most accesses at a time
    /// @throws org.nestwalk.kvm.sys.SystemCallException if the host lets no code be made
    public NativeReplay(PagedMemory memory, int most) {
        this.memory = memory;
        this.most = most;
        list = MappedMemory.anonymous((2L * most + 1) * Long.BYTES, MappedMemory.PAGE);
    }

    @Override
    public Place place() {
        return Place.NATIVE;
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
    public long[] times(long[] accesses, int length, long footprint) {
        int pieces = pieces(accesses, length, footprint, most);
        long times = (long) most * Long.BYTES;
        Replay.write(accesses, memory.address() + memory.offset(footprint), list.segment());
        Replay.write(block, list.address(), pieces, length, list.address() + times);
        function.call(block.address());
        return Replay.differences(list.segment().asSlice(times), pieces);
    }

    @Override
    public void close() {
        function.close();
        list.close();
        arena.close();
    }
}
