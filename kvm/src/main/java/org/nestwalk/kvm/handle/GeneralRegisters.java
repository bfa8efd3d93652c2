package org.nestwalk.kvm.handle;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;

/// `struct kvm_regs`: the general registers in the order of the enumeration below, the instruction
/// pointer, and the flags.
public final class GeneralRegisters {
    static final int BYTES = 144;

    /// A register and its place.
    @SuppressWarnings("EnumOrdinal") // the order is that of the structure
    public enum Name {
        /// Accumulator.
        RAX,
        /// Base.
        RBX,
        /// Counter.
        RCX,
        /// Data.
        RDX,
        /// Source.
        RSI,
        /// Destination.
        RDI,
        /// Stack pointer.
        RSP,
        /// Frame pointer.
        RBP,
        /// Eighth.
        R8,
        /// Ninth.
        R9,
        /// Tenth.
        R10,
        /// Eleventh.
        R11,
        /// Twelfth.
        R12,
        /// Thirteenth.
        R13,
        /// Fourteenth.
        R14,
        /// Fifteenth.
        R15,
        /// Instruction pointer.
        RIP,
        /// Flags.
        RFLAGS;

        private final int offset = ordinal() * Long.BYTES;
    }

    private final MemorySegment segment;

    GeneralRegisters(MemorySegment segment) {
        this.segment = segment;
    }

    MemorySegment segment() {
        return segment;
    }

    /// A register's value.
    public long get(Name name) {
        return segment.get(ValueLayout.JAVA_LONG, name.offset);
    }

    /// Sets a register; see [KvmVcpu#generalChanged].
    public void set(Name name, long value) {
        segment.set(ValueLayout.JAVA_LONG, name.offset, value);
    }
}
