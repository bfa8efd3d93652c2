package org.nestwalk.kvm.handle;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.EnumMap;
import java.util.Map;
import org.nestwalk.kvm.sys.FileDescriptor;
import org.nestwalk.kvm.sys.SystemCallException;

/// All of a virtual CPU's state that a program in user mode can tell: what migration has to bring
/// along. Immutable.
///
/// Model-specific registers and the local interrupt controller are not part of it: guests here use
/// neither.
public final class VcpuState {
    /// A part, in the order in which it has to be restored.
    enum Part {
        /// Segments, tables and control registers.
        SYSTEM("SREGS", 0x8138ae83L, 0x4138ae84L, 312),
        /// General registers.
        GENERAL("REGS", 0x8090ae81L, 0x4090ae82L, 144),
        /// Which vector state is enabled.
        EXTENDED_CONTROL("XCRS", 0x8188aea6L, 0x4188aea7L, 392),
        /// Floating-point and vector registers.
        EXTENDED("XSAVE", 0x9000aea4L, 0x5000aea5L, 4096),
        /// Exceptions and interrupts that are pending.
        EVENTS("VCPU_EVENTS", 0x8040ae9fL, 0x4040aea0L, 64);

        private final String label;
        private final long get;
        private final long set;
        private final int bytes;

        Part(String label, long get, long set, int bytes) {
            this.label = label;
            this.get = get;
            this.set = set;
            this.bytes = bytes;
        }

        long get() {
            return get;
        }
    }

    private final Map<Part, byte[]> parts;

    private VcpuState(Map<Part, byte[]> parts) {
        this.parts = parts;
    }

    static VcpuState save(FileDescriptor cpu) {
        Map<Part, byte[]> parts = new EnumMap<>(Part.class);
        try (Arena arena = Arena.ofConfined()) {
            for (Part part : Part.values()) {
                MemorySegment bytes = arena.allocate(part.bytes, 64);
                cpu.ioctl("KVM_GET_" + part.label, part.get, bytes);
                parts.put(part, bytes.toArray(ValueLayout.JAVA_BYTE));
            }
        }
        return new VcpuState(parts);
    }

    /// Restores it.
    ///
    /// @throws SystemCallException if it fails
    void restore(FileDescriptor cpu) {
        try (Arena arena = Arena.ofConfined()) {
            for (Map.Entry<Part, byte[]> entry : parts.entrySet()) {
                Part part = entry.getKey();
                MemorySegment bytes = arena.allocate(part.bytes, 64);
                MemorySegment.copy(
                        entry.getValue(), 0, bytes, ValueLayout.JAVA_BYTE, 0, part.bytes);
                cpu.ioctl("KVM_SET_" + part.label, part.set, bytes);
            }
        }
    }

    /// Bytes of it all.
    public long bytes() {
        return parts.values().stream().mapToLong(part -> part.length).sum();
    }
}
