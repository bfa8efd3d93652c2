package org.nestwalk.machine.state;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.TreeMap;
import org.nestwalk.bits.PageSize;
import org.nestwalk.machine.GuestMemory;
import org.nestwalk.machine.SecondLevelMap;
import org.nestwalk.machine.VirtualMachine;
import org.nestwalk.memory.Longs;
import org.nestwalk.memory.PageSet;

/// What a virtual machine's memory holds, page by page: those that hold anything but zeroes, and
/// which ranges are backed by 2-MiB pages. Never changes.
///
/// A page that is backed and all zero is left out: it is backed again at its next touch, and reads
/// as it did.
public final class MemoryImage {
    /// No page: of a state whose memory is kept elsewhere.
    public static final MemoryImage NONE = new Builder().build();

    private static final long PAGE = PageSize.SIZE_4K.bytes();
    private static final long LARGE = PageSize.SIZE_2M.bytes();

    private final Longs largePages;
    private final long[] addresses;
    private final long[][] pages;

    private MemoryImage(Longs largePages, long[] addresses, long[][] pages) {
        this.largePages = largePages;
        this.addresses = addresses;
        this.pages = pages;
    }

    /// Receives pages.
    @FunctionalInterface
    public interface PageVisitor {
        /// A page.
        ///
        /// @param gpa its address
        /// @param words its 512 words, a copy
        void page(long gpa, long[] words);
    }

    /// Puts an image together.
    public static final class Builder {
        private final TreeMap<Long, long[]> pages = new TreeMap<>();
        private final List<Long> largePages = new ArrayList<>();

        /// An image of no page.
        public Builder() {}

        /// Adds or replaces a page; one of zeroes is left out.
        ///
        /// @param gpa a multiple of 4096
        /// @param words 512 words, which are copied
        public Builder page(long gpa, long[] words) {
            if (gpa < 0 || gpa % PAGE != 0 || words.length != GuestMemory.PAGE_WORDS) {
                throw new IllegalArgumentException(
                        "%d words at 0x%x are no page".formatted(words.length, gpa));
            }
            pages.remove(gpa);
            if (Arrays.stream(words).anyMatch(word -> word != 0)) {
                pages.put(gpa, words.clone());
            }
            return this;
        }

        /// The 2 MiB from `gpa` are one page; each in ascending order.
        public Builder largePage(long gpa) {
            largePages.add(gpa);
            return this;
        }

        /// The image.
        public MemoryImage build() {
            return new MemoryImage(
                    Longs.of(largePages.stream().mapToLong(Long::longValue).toArray()),
                    pages.keySet().stream().mapToLong(Long::longValue).toArray(),
                    pages.values().toArray(long[][]::new));
        }
    }

    /// What the memory of `vm` holds, while none of its CPUs runs.
    static MemoryImage of(VirtualMachine vm) {
        Builder builder = new Builder();
        GuestMemory memory = vm.memory();
        SecondLevelMap map = vm.secondLevel();
        long[] words = new long[GuestMemory.PAGE_WORDS];
        backed(vm)
                .forEach(gpa -> {
                    if (gpa % LARGE == 0 && map.pageSize(gpa) == PageSize.SIZE_2M) {
                        builder.largePage(gpa);
                    }
                    memory.readPage(gpa, words);
                    builder.page(gpa, words);
                });
        return builder.build();
    }

    private static PageSet backed(VirtualMachine vm) {
        PageSet backed = new PageSet();
        vm.secondLevel().backedPages(vm.settings().memoryBytes(), backed);
        return backed;
    }

    /// Makes the memory of `vm` hold the same, while none of its CPUs runs: backed by 2-MiB pages
    /// where it was and they can be had, and by 4-KiB pages elsewhere.
    ///
    /// @throws org.nestwalk.machine.GuestFailure if the host has no memory left
    void restore(VirtualMachine vm) {
        clearOthers(vm);
        largePages.forEach(gpa -> {
            var _ = vm.secondLevel().populate(gpa, PageSize.SIZE_2M);
        });
        for (int i = 0; i < addresses.length; i++) {
            vm.memory().writePage(addresses[i], pages[i]);
        }
    }

    private void clearOthers(VirtualMachine vm) {
        long[] zeroes = new long[GuestMemory.PAGE_WORDS];
        backed(vm)
                .forEach(gpa -> {
                    if (Arrays.binarySearch(addresses, gpa) < 0) {
                        vm.memory().writePage(gpa, zeroes);
                    }
                });
    }

    /// How many pages hold anything.
    public int pages() {
        return addresses.length;
    }

    /// The addresses of ranges backed by 2-MiB pages, ascending.
    public Longs largePages() {
        return largePages;
    }

    /// The word at `gpa`, a multiple of 8.
    public long word(long gpa) {
        int index = Arrays.binarySearch(addresses, gpa & -PAGE);
        return index < 0 ? 0 : pages[index][(int) (gpa % PAGE) / Long.BYTES];
    }

    /// Shows `visitor` each page that holds anything, in ascending order.
    public void forEachPage(PageVisitor visitor) {
        for (int i = 0; i < addresses.length; i++) {
            visitor.page(addresses[i], pages[i].clone());
        }
    }

    /// Whether `other` holds the same words, whatever the sizes of pages.
    public boolean holdsSameAs(MemoryImage other) {
        return Arrays.equals(addresses, other.addresses) && Arrays.deepEquals(pages, other.pages);
    }

    /// Whether `other` is an image of the same words and large pages.
    @Override
    public boolean equals(Object other) {
        return other instanceof MemoryImage image
                && largePages.equals(image.largePages)
                && holdsSameAs(image);
    }

    @Override
    public int hashCode() {
        return 31 * Arrays.hashCode(addresses) + Arrays.deepHashCode(pages);
    }

    @Override
    public String toString() {
        return "%d pages, %d large ones".formatted(addresses.length, largePages.size());
    }
}
