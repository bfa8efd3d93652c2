package org.nestwalk.kvm.measure;

import java.lang.foreign.Arena;
import org.nestwalk.bits.PageSize;
import org.nestwalk.kvm.code.RandomLoads;
import org.nestwalk.kvm.sys.NativeFunction;

/// Loads by this process.
public final class NativeLoads implements Loads {
    private final PagedMemory memory;
    private final NativeFunction function = NativeFunction.of(RandomLoads.asFunction().bytes());
    private final Arena arena = Arena.ofShared();
    private final LoadBlock block =
            new LoadBlock(arena.allocate(RandomLoads.BLOCK_BYTES, LoadPattern.LINE));

    /// Loads from `memory`, which stays its owner's.
    ///
    /// @throws org.nestwalk.kvm.sys.SystemCallException if the host lets no code be made
    public NativeLoads(PagedMemory memory) {
        this.memory = memory;
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
    public long chase(LoadPattern pattern, int warming, int settling, int loads) {
        if (pattern.bytes() > memory.bytes() || Math.min(Math.min(warming, settling), loads) < 1) {
            throw new IllegalArgumentException(pattern + ", " + loads + " loads");
        }
        block.prepare(
                memory.address() + memory.offset(pattern.bytes()),
                pattern,
                warming,
                settling,
                loads);
        function.call(block.segment().address());
        return block.ticks();
    }

    @Override
    public long flood(LoadPattern pattern, int loads) {
        long _ = chase(pattern, loads, 1);
        return block.warmingTicks();
    }

    @Override
    public void close() {
        function.close();
        arena.close();
    }
}
