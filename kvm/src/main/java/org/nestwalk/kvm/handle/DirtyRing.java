package org.nestwalk.kvm.handle;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.VarHandle;
import org.nestwalk.kvm.sys.MappedMemory;

/// The pages that one virtual CPU has dirtied, in order (Linux `Documentation/virt/kvm/api.rst`,
/// section 8.29). The kernel fills entries, its user harvests them, and [KvmVm#resetDirtyRings]
/// lets them be used again.
///
/// ```text
/// struct kvm_dirty_gfn, 16 bytes      flags: 0 empty -> 1 dirty (kernel) -> 3 harvested (user) -> 0
/// +-------+------+---------------+
/// | flags | slot | offset, pages |
/// +-------+------+---------------+
/// 0       4      8              16
/// ```
public final class DirtyRing implements AutoCloseable {
    private static final int ENTRY_BYTES = 16;
    private static final int DIRTY = 1;
    private static final int HARVESTED = 3;
    private static final VarHandle INT = ValueLayout.JAVA_INT.varHandle();

    private final MappedMemory memory;
    private final MemorySegment entries;
    private final long count;
    private long head;

    DirtyRing(MappedMemory memory) {
        this.memory = memory;
        entries = memory.segment();
        count = memory.bytes() / ENTRY_BYTES;
    }

    /// Is given dirty pages.
    @FunctionalInterface
    public interface PageConsumer {
        /// Page `page` of slot `slot` was written.
        void accept(int slot, long page);
    }

    /// Gives all new entries to `consumer`, the oldest first.
    ///
    /// @return how many
    public int harvest(PageConsumer consumer) {
        int harvested = 0;
        while (true) {
            long at = head % count * ENTRY_BYTES;
            if (((int) INT.getAcquire(entries, at) & HARVESTED) != DIRTY) {
                return harvested;
            }
            consumer.accept(
                    entries.get(ValueLayout.JAVA_INT, at + 4),
                    entries.get(ValueLayout.JAVA_LONG, at + 8));
            INT.setRelease(entries, at, HARVESTED);
            head++;
            harvested++;
        }
    }

    @Override
    public void close() {
        memory.close();
    }
}
