package org.nestwalk.machine.simulated;

import org.nestwalk.machine.ExitReason;
import org.nestwalk.machine.VmExit;
import org.nestwalk.machine.simulated.shootdown.TranslatingCpu;
import org.nestwalk.mmu.TranslationFault;

/// A virtual CPU as its translation sees it, which leaves the guest where it cannot go on. Used
/// alone (see [org.nestwalk.machine.simulated.host.World]).
interface TrappingCpu extends TranslatingCpu {
    /// Leaves the guest, has the exit handled, and returns to go on in the guest.
    ///
    /// @throws org.nestwalk.machine.UnhandledExit if the guest stops
    void exit(VmExit exit);

    /// Leaves the guest for the machine's own handling.
    void exit(ExitReason reason, Runnable handling);

    /// Has the parts of the hypervisor handle an exit, within one.
    ///
    /// @throws org.nestwalk.machine.UnhandledExit if the guest stops
    void handle(VmExit exit);

    /// Enters the guest's kernel with an exception.
    void exception(TranslationFault fault);

    /// Enters the guest's kernel with a page fault, which forgets translations of the address; none
    /// can be cached if no page was present.
    void pageFault(long gva, long code);

    /// The pages that are open for the access that this CPU has made, beside its caches, are closed
    /// again.
    void closeOpened();
}
