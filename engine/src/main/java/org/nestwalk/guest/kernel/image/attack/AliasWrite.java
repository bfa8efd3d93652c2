package org.nestwalk.guest.kernel.image.attack;

import org.nestwalk.bits.PageSize;

/// Text mapped a second time, writable, and written there.
public final class AliasWrite implements KernelAttack {
    /// The attack.
    public AliasWrite() {}

    @Override
    public void run(Intruder intruder) {
        long page = PageSize.SIZE_4K.bytes();
        long gva = intruder.image().gva(intruder.codeWord());
        long value = intruder.hostile();
        intruder.aim(gva, value);
        intruder.mapAlias(intruder.image().lookup(gva) & -page);
        intruder.store(Intruder.ALIAS + (gva & page - 1), value);
    }
}
