package org.nestwalk.guest.kernel.image.attack;

import org.nestwalk.bits.PagingEntry;

/// Text made writable by the W flag of its entry in the guest's page table, and written in place.
public final class WritableText implements KernelAttack {
    /// The attack.
    public WritableText() {}

    @Override
    public void run(Intruder intruder) {
        long gva = intruder.image().gva(intruder.codeWord());
        long value = intruder.hostile();
        intruder.aim(gva, value);
        intruder.setEntry(gva, intruder.entry(gva) | PagingEntry.WRITE);
        intruder.store(gva, value);
    }
}
