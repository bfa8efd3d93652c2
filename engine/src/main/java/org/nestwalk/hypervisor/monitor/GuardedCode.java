package org.nestwalk.hypervisor.monitor;

import java.util.HashMap;
import java.util.Map;
import java.util.Objects;
import org.nestwalk.bits.PageSize;
import org.nestwalk.machine.GuestMemory;
import org.nestwalk.memory.PageSet;

/// The pages of a guest that hold code, and what they have to hold.
final class GuardedCode {
    private static final long PAGE = PageSize.SIZE_4K.bytes();
    private static final int WORDS = GuestMemory.PAGE_WORDS;

    private final Map<Long, Page> pages = new HashMap<>();
    private final PageSet set = new PageSet();
    private final long[] words = new long[WORDS];

    private record Page(ExpectedCode code, int number, long file) {}

    /// The pages from `gpa` on hold `code`, which is file number `file`.
    void add(long gpa, ExpectedCode code, long file) {
        for (int i = 0; i < code.pages(); i++) {
            pages.put(gpa + i * PAGE, new Page(code, i, file));
        }
        set.add(gpa, code.pages() * PAGE);
    }

    /// A range holds no code any more.
    void remove(long gpa, long bytes) {
        for (long page = gpa; page < gpa + bytes; page += PAGE) {
            pages.remove(page);
        }
        set.remove(gpa, bytes);
    }

    /// All guarded pages.
    PageSet set() {
        return set;
    }

    /// Whether the page of `gpa` is guarded.
    boolean contains(long gpa) {
        return set.contains(gpa);
    }

    private Page page(long gpa) {
        return Objects.requireNonNull(pages.get(gpa & -PAGE));
    }

    /// The number of the file that a guarded page is of.
    long file(long gpa) {
        return page(gpa).file;
    }

    /// Whether a guarded page may be executed.
    boolean isExecutable(long gpa) {
        return page(gpa).code.isExecutable(page(gpa).number);
    }

    /// Whether any of a guarded page is data.
    boolean isMixed(long gpa) {
        Page page = page(gpa);
        for (int i = 0; i < WORDS; i++) {
            if (page.code.isData(page.number * WORDS + i)) {
                return true;
            }
        }
        return false;
    }

    /// The sub-pages of 128 bytes of a guarded page that are nothing but data, a bit each.
    int dataSubPages(long gpa) {
        Page page = page(gpa);
        int mask = 0;
        for (int i = 0; i < Integer.SIZE; i++) {
            mask |= isData(page, i) ? 1 << i : 0;
        }
        return mask;
    }

    private static boolean isData(Page page, int subPage) {
        int words = WORDS / Integer.SIZE;
        for (int i = 0; i < words; i++) {
            if (!page.code.isData(page.number * WORDS + subPage * words + i)) {
                return false;
            }
        }
        return true;
    }

    /// Whether the word at `gpa`, on a guarded page, may hold `value`.
    boolean allows(long gpa, long value) {
        Page page = page(gpa);
        return page.code.allows(page.number * WORDS + (int) (gpa & PAGE - 1) / Long.BYTES, value);
    }

    /// Whether the pages from `gpa` on hold nothing that `code` does not allow. Returns the address
    /// of the first word that is wrong, or -1.
    long firstWrong(GuestMemory memory, long gpa, ExpectedCode code) {
        for (int i = 0; i < code.pages(); i++) {
            long wrong = firstWrong(memory, gpa + i * PAGE, code, i);
            if (wrong != -1) {
                return wrong;
            }
        }
        return -1;
    }

    /// As [#firstWrong(GuestMemory, long, ExpectedCode)], of one guarded page.
    long firstWrong(GuestMemory memory, long gpa) {
        Page page = page(gpa);
        return firstWrong(memory, gpa & -PAGE, page.code, page.number);
    }

    private long firstWrong(GuestMemory memory, long gpa, ExpectedCode code, int number) {
        memory.readPage(gpa, words);
        for (int i = 0; i < WORDS; i++) {
            if (!code.allows(number * WORDS + i, words[i])) {
                return gpa + (long) i * Long.BYTES;
            }
        }
        return -1;
    }
}
