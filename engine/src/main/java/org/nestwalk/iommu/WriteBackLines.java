package org.nestwalk.iommu;

import java.util.HashMap;
import java.util.Map;
import org.nestwalk.memory.PhysicalMemory;

/// Memory as processors see it where a unit does not snoop their caches: what they have written is
/// theirs alone until they write the line back (CLFLUSH; ECAP.C = 0, VT-d specification, section
/// 11.4.3).
public final class WriteBackLines implements PhysicalMemory {
    private static final long LINE = 64;

    private final PhysicalMemory memory;
    private final Map<Long, Long> dirty = new HashMap<>();
    private long changes;

    /// Nothing is held back.
    ///
    /// @param memory as the unit sees it
    public WriteBackLines(PhysicalMemory memory) {
        this.memory = memory;
    }

    @Override
    public long read(long address) {
        Long held = dirty.get(address);
        return held == null ? memory.read(address) : held;
    }

    @Override
    public void write(long address, long value) {
        changes++;
        dirty.put(address, value);
    }

    @Override
    public void setFlags(long address, long value, boolean firstUse) {
        write(address, value);
    }

    @Override
    public long rewrites() {
        return memory.rewrites() + changes;
    }

    @Override
    public long changes() {
        return memory.changes() + changes;
    }

    /// Writes the line of `address` back.
    public void flush(long address) {
        long line = address & -LINE;
        for (long at = line; at < line + LINE; at += Long.BYTES) {
            Long held = dirty.remove(at);
            if (held != null) {
                memory.write(at, held);
            }
        }
    }

    /// Words that have not been written back.
    public int held() {
        return dirty.size();
    }

    /// Writes all lines back. Returns how many there were.
    public int flushAll() {
        int lines = (int) dirty.keySet().stream().mapToLong(at -> at & -LINE).distinct().count();
        dirty.forEach(memory::write);
        dirty.clear();
        return lines;
    }
}
