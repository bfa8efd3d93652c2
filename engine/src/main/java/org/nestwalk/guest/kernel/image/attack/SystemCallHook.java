package org.nestwalk.guest.kernel.image.attack;

import org.nestwalk.guest.kernel.image.CodeFile;
import org.nestwalk.guest.kernel.image.KernelImage;

/// Another address in the table of system calls, which is a constant, written by the kernel's own
/// function for patches.
public final class SystemCallHook implements KernelAttack {
    /// The attack.
    public SystemCallHook() {}

    @Override
    public void run(Intruder intruder) {
        CodeFile file = intruder.image().file();
        int first =
                file.pages() * CodeFile.PAGE_WORDS
                        - intruder.image().layout().constants() * CodeFile.PAGE_WORDS;
        long gva = intruder.image().gva(first + (int) intruder.draw(CodeFile.PAGE_WORDS));
        long value = intruder.hostile();
        intruder.aim(gva, value);
        intruder.note(intruder.image().entrySlot(KernelImage.POKE));
        intruder.image().patching().poke(gva, value);
    }
}
