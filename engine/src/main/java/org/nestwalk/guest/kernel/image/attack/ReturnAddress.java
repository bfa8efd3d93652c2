package org.nestwalk.guest.kernel.image.attack;

import org.nestwalk.guest.kernel.image.CodeFile;

/// Another return address on the stack: data, which is written all the time.
public final class ReturnAddress implements KernelAttack {
    /// The attack.
    public ReturnAddress() {}

    @Override
    public void run(Intruder intruder) {
        long gva = intruder.image().stack() + intruder.draw(CodeFile.PAGE_WORDS) * Long.BYTES;
        long value = intruder.image().gva(intruder.codeWord());
        intruder.aim(gva, value);
        intruder.store(gva, value);
    }
}
