package org.nestwalk.machine;

/// A store of a guest's kernel.
///
/// @param rip the linear address of the instruction, or [#UNKNOWN] for a store by guest-physical
///   address
/// @param gva the linear address that is written, or [#UNKNOWN]
/// @param value what is stored
public record KernelStore(long rip, long gva, long value) {
    /// An address that there is none of.
    public static final long UNKNOWN = -1;

    /// A store by guest-physical address.
    public static KernelStore of(long value) {
        return new KernelStore(UNKNOWN, UNKNOWN, value);
    }
}
