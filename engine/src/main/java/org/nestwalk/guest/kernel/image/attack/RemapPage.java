package org.nestwalk.guest.kernel.image.attack;

import org.nestwalk.bits.PageSize;
import org.nestwalk.bits.PagingEntry;

/// A copy of a page of text with one word changed, to which the linear address is made to lead: the
/// frame of the text is not touched.
public final class RemapPage implements KernelAttack {
    /// The attack.
    public RemapPage() {}

    @Override
    public void run(Intruder intruder) {
        long page = PageSize.SIZE_4K.bytes();
        long gva = intruder.image().gva(intruder.codeWord());
        long value = intruder.hostile();
        long copy = intruder.image().sparePage(1 + (int) intruder.draw(8));
        intruder.aim(gva, value);
        intruder.image().cpu().copy(intruder.image().lookup(gva) & -page, copy, page);
        intruder.image().cpu().store(copy | (gva & page - 1), value);
        intruder.setEntry(gva, intruder.entry(gva) & ~PagingEntry.ADDRESS | copy);
    }
}
