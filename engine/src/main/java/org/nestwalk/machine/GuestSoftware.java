package org.nestwalk.machine;

/// The guest's kernel, as exceptions enter it: called on the thread of the virtual CPU, while no
/// other CPU of the machine is in its guest.
@FunctionalInterface
public interface GuestSoftware {
    /// #PF. Returning makes the access again.
    ///
    /// @param gva CR2
    /// @param errorCode bits of [org.nestwalk.bits.PageFaultCode]
    /// @throws GuestFailure if the program cannot go on
    void pageFault(KernelCpu cpu, long gva, long errorCode);
}
