package org.nestwalk.guest.kernel.image.attack;

import org.nestwalk.guest.kernel.image.KernelImage;

/// A jump over the code of a function, written by the kernel's own function for patches, as
/// exploits do that have it called (and rootkits that clear CR0.WP).
public final class InlineHook implements KernelAttack {
    /// The attack.
    public InlineHook() {}

    @Override
    public void run(Intruder intruder) {
        long gva = intruder.image().gva(intruder.codeWord());
        long value = intruder.hostile();
        intruder.aim(gva, value);
        intruder.note(intruder.image().entrySlot(KernelImage.POKE));
        intruder.image().patching().poke(gva, value);
    }
}
