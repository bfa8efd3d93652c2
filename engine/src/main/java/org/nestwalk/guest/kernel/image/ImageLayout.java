package org.nestwalk.guest.kernel.image;

import org.nestwalk.InputException;
import org.nestwalk.bits.PageSize;
import org.nestwalk.random.SplitMix64;

/// How much of what a kernel's image has, in pages of 4 KiB, and where in guest-physical memory:
/// one part after the other, page tables first.
///
/// @param text code alone
/// @param mixed pages with code in one half and data in the other
/// @param constants such as the table of system calls
/// @param data of the kernel, the stack of its one thread in the last page
/// @param slots for modules and compiled programs, each of [#modulePages]
/// @param modulePages of a module
/// @param user pages of the program that the guest runs
/// @param seed of what the code is
public record ImageLayout(
        int text,
        int mixed,
        int constants,
        int data,
        int slots,
        int modulePages,
        int user,
        long seed) {
    /// Different modules that there are, numbered from 1.
    public static final int MODULES = 4;

    /// The number of the first program that is compiled; each has its own.
    public static final long FIRST_PROGRAM = 1000;

    /// Pages for whoever is inside and has none of his own.
    static final int SPARE = 16;

    static final int TABLES = 256;

    private static final long PAGE = PageSize.SIZE_4K.bytes();
    private static final int MOST = 1 << 16;

    /// Checks that there is some of each.
    ///
    /// @throws InputException if not
    public ImageLayout {
        check("text", text, 1);
        check("mixed", mixed, 0);
        check("constants", constants, 1);
        check("data", data, 2);
        check("slots", slots, 1);
        check("pages of a module", modulePages, 1);
        check("user pages", user, 1);
    }

    private static void check(String what, int pages, int least) {
        if (pages < least || pages > MOST) {
            throw new InputException(
                    "%,d pages of %s of a kernel; there are %d to %,d"
                            .formatted(pages, what, least, MOST));
        }
    }

    /// The file of a number: 0 is the kernel's own.
    public CodeFile file(long number) {
        long own = SplitMix64.hash(seed, number);
        if (number == 0) {
            return new CodeFile(own, text, mixed, constants);
        }
        if (number < FIRST_PROGRAM) {
            return new CodeFile(own, modulePages, 0, 0);
        }
        return new CodeFile(own, 0, 0, 1);
    }

    /// Whether there is a file of that number.
    public static boolean hasFile(long number) {
        return number >= 0 && number <= MODULES || number >= FIRST_PROGRAM;
    }

    int imagePages() {
        return text + mixed + constants;
    }

    long codeOffset() {
        return TABLES * PAGE;
    }

    long dataOffset() {
        return codeOffset() + imagePages() * PAGE;
    }

    long filesOffset() {
        return dataOffset() + data * PAGE;
    }

    long slotsOffset() {
        return filesOffset() + (long) MODULES * modulePages * PAGE;
    }

    long spareOffset() {
        return slotsOffset() + (long) slots * modulePages * PAGE;
    }

    long userOffset() {
        return spareOffset() + SPARE * PAGE;
    }

    /// Bytes of all.
    public long bytes() {
        return userOffset() + user * PAGE;
    }
}
