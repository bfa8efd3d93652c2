package org.nestwalk.kvm.handle;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.LinkedHashMap;
import java.util.Map;
import org.nestwalk.kvm.sys.FileDescriptor;

/// KVM's counters of one virtual machine or virtual CPU, from their binary file (Linux
/// `Documentation/virt/kvm/api.rst`, section 4.131).
///
/// ```text
/// header          id string     descriptors                        data
/// +------------+  +---------+   +-------------------------------+  +-----------+
/// | flags      |  | kvm-123 |   | flags | exponent | size |      |  | 64-bit    |
/// | name size  |  +---------+   | offset | bucket | name        |  | values    |
/// | count      |                +-------------------------------+  +-----------+
/// | id offset, descriptor offset, data offset |
/// ```
public final class Statistics implements AutoCloseable {
    private static final int HEADER_BYTES = 24;
    private static final int DESCRIPTOR_BYTES = 16;

    private final FileDescriptor file;
    private final Map<String, Long> offsets = new LinkedHashMap<>();
    private final long dataOffset;

    private Statistics(FileDescriptor file) {
        this.file = file;
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment header = arena.allocate(HEADER_BYTES, 8);
            file.read(header, 0);
            int nameBytes = header.get(ValueLayout.JAVA_INT, 4);
            int count = header.get(ValueLayout.JAVA_INT, 8);
            long descriptors = header.get(ValueLayout.JAVA_INT, 16);
            dataOffset = header.get(ValueLayout.JAVA_INT, 20);
            int each = DESCRIPTOR_BYTES + nameBytes;
            MemorySegment all = arena.allocate((long) count * each, 8);
            file.read(all, descriptors);
            for (int i = 0; i < count; i++) {
                MemorySegment one = all.asSlice((long) i * each, each);
                // Histograms have more than one value; counters are what is of use here.
                if (one.get(ValueLayout.JAVA_SHORT, 6) == 1) {
                    offsets.put(
                            one.getString(DESCRIPTOR_BYTES),
                            (long) one.get(ValueLayout.JAVA_INT, 8));
                }
            }
        }
    }

    static Statistics of(FileDescriptor file) {
        try {
            return new Statistics(file);
        } catch (RuntimeException e) {
            file.close();
            throw e;
        }
    }

    /// All counters that have one value, by name, as they are now.
    ///
    /// @throws org.nestwalk.kvm.sys.SystemCallException if they cannot be read
    public Map<String, Long> values() {
        Map<String, Long> values = new LinkedHashMap<>();
        try (Arena arena = Arena.ofConfined()) {
            long last = offsets.values().stream().mapToLong(Long::longValue).max().orElse(0);
            MemorySegment data = arena.allocate(last + Long.BYTES, 8);
            file.read(data, dataOffset);
            offsets.forEach((name, at) -> values.put(name, data.get(ValueLayout.JAVA_LONG, at)));
        }
        return values;
    }

    @Override
    public void close() {
        file.close();
    }
}
