package org.nestwalk.guest.kernel.image.attack;

import java.util.ArrayDeque;
import java.util.Deque;
import org.nestwalk.bits.PageSize;
import org.nestwalk.guest.kernel.image.CodeFile;
import org.nestwalk.guest.kernel.image.KernelImage;
import org.nestwalk.machine.GuestMemory;
import org.nestwalk.random.Xoshiro256;

/// Somebody who executes code in a kernel, and whose deeds can be undone.
public final class Intruder {
    /// Linear address of a page for second mappings of others.
    static final long ALIAS = KernelImage.MODULES + (256L << 20);

    private static final long PAGE = PageSize.SIZE_4K.bytes();

    private final KernelImage image;
    private final Xoshiro256 random;
    private final DeviceMemory device;
    private final Deque<Changed> changed = new ArrayDeque<>();
    private long gva;
    private long gpa;
    private long value;

    private record Changed(long gpa, long before) {}

    /// @param random draws places and values
    /// @param device the intruder's own
    public Intruder(KernelImage image, Xoshiro256 random, DeviceMemory device) {
        this.image = image;
        this.random = random;
        this.device = device;
    }

    KernelImage image() {
        return image;
    }

    DeviceMemory device() {
        return device;
    }

    long draw(long bound) {
        return random.nextBelow(bound);
    }

    /// A jump to somewhere else, which no word of code may be.
    long hostile() {
        return random.nextLong() & ~0xffL | 0xe9;
    }

    /// A word of code of the kernel's text, or of what is mixed with data.
    int codeWord() {
        CodeFile file = image.file();
        return file.function((int) draw(file.functions())) + (int) draw(CodeFile.FUNCTION_WORDS);
    }

    /// The word at linear address `gva` is to become `value`.
    void aim(long gva, long value) {
        this.gva = gva;
        this.gpa = image.lookup(gva);
        this.value = value;
        note(gpa);
    }

    /// Remembers what the word at `gpa` is, to undo what is done to it.
    void note(long gpa) {
        changed.push(new Changed(gpa, image.cpu().load(gpa)));
    }

    /// Changes the leaf entry that maps `gva` in the kernel's tables.
    void setEntry(long gva, long entry) {
        long slot = image.entrySlot(gva);
        note(slot);
        image.cpu().store(slot, entry);
        image.cpu().invlpg(gva);
    }

    /// Maps the page at `gpa` at [#ALIAS], writable.
    void mapAlias(long gpa) {
        image.mapAlias(ALIAS, gpa);
        changed.push(new Changed(image.entrySlot(ALIAS), 0));
    }

    /// The leaf entry that maps `gva`.
    long entry(long gva) {
        return image.cpu().load(image.entrySlot(gva));
    }

    /// Stores by instructions of the intruder's own, which are in a page that nobody knows.
    void store(long gva, long value) {
        image.cpu().storeLinear(image.sparePage(0) + 0x20, gva, value);
    }

    /// The linear address that was aimed at.
    public long gva() {
        return gva;
    }

    /// The guest-physical address to which that was mapped.
    public long gpa() {
        return gpa;
    }

    /// Whether the kernel finds now, at the linear address that was aimed at, what the intruder
    /// wants it to.
    public boolean hasSucceeded() {
        return image.cpu().loadLinear(gva) == value;
    }

    /// Undoes everything, as an administrator would from outside.
    public void undo(GuestMemory memory) {
        while (!changed.isEmpty()) {
            Changed one = changed.pop();
            if (memory.read(one.gpa) != one.before) {
                memory.write(one.gpa, one.before);
            }
        }
        image.cpu().invlpg(gva & -PAGE);
        image.cpu().invlpg(ALIAS);
    }
}
