package org.nestwalk.hypervisor.watchpoints;

import org.nestwalk.machine.VirtualCpu;

/// Where a CPU is in its program, as its instruction pointer and its stack tell a hypervisor.
///
/// Programs of this project are streams of accesses and have no text; each gives every access the
/// address that its instruction would have ([org.nestwalk.guest.StepSource#instruction]). On KVM
/// the same: the processor's own RIP there is that of the loop that replays accesses.
@FunctionalInterface
public interface CallSites {
    /// A program in which nothing is known of callers.
    long UNKNOWN = 0;

    /// The instruction of the access that `cpu` is about to make
    /// ([org.nestwalk.machine.VirtualCpu#position]).
    long instruction(VirtualCpu cpu);

    /// Where the function that it is in returns to; [#UNKNOWN] if that is not known.
    default long caller(VirtualCpu cpu) {
        return UNKNOWN;
    }
}
