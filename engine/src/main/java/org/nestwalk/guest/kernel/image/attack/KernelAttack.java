package org.nestwalk.guest.kernel.image.attack;

/// An attack on a kernel.
@FunctionalInterface
public interface KernelAttack {
    /// Attacks, at places that `intruder` draws.
    ///
    /// @throws org.nestwalk.machine.UnhandledExit if the hypervisor refuses a step
    /// @throws org.nestwalk.machine.GuestFailure if the guest itself does
    void run(Intruder intruder);

    /// This attack, and then another one.
    default KernelAttack then(KernelAttack next) {
        return intruder -> {
            run(intruder);
            next.run(intruder);
        };
    }
}
