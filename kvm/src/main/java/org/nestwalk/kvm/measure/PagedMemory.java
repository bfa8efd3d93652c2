package org.nestwalk.kvm.measure;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.BitSet;
import java.util.function.LongConsumer;
import java.util.stream.Stream;
import org.nestwalk.InputException;
import org.nestwalk.bits.PageSize;
import org.nestwalk.kvm.sys.MappedMemory;
import org.nestwalk.kvm.sys.SystemCallException;

/// Anonymous memory of zeroes, all of it backed, by pages of one size.
public final class PagedMemory implements AutoCloseable {
    private static final Path MAPS = Path.of("/proc/self/smaps");
    private static final long PIECE = 64L << 20;

    private final MappedMemory memory;
    private final PageSize pages;
    private BitSet cut = new BitSet();
    private long start;

    private PagedMemory(MappedMemory memory, PageSize pages) {
        this.memory = memory;
        this.pages = pages;
    }

    /// Memory of `bytes`, a multiple of 2 MiB, by pages of 4K or 2M.
    ///
    /// @param backed told how many bytes have just been backed
    /// @throws InputException if the host does not give it, or not by such pages
    public static PagedMemory of(PageSize pages, long bytes, LongConsumer backed) {
        MappedMemory memory;
        try {
            memory = MappedMemory.anonymous(bytes, PageSize.SIZE_2M.bytes());
        } catch (SystemCallException e) {
            throw new InputException("no memory to measure with: " + e.getMessage(), e);
        }
        PagedMemory paged = new PagedMemory(memory, pages);
        try {
            paged.back(backed);
            paged.check();
            if (pages == PageSize.SIZE_2M) {
                paged.avoidCutPages();
            }
            return paged;
        } catch (RuntimeException e) {
            memory.close();
            throw e;
        }
    }

    /// Large pages are asked for in both cases: small ones are made of them, so that their frames
    /// are in order however fragmented the host's memory is. A hypervisor below has to walk to
    /// scattered frames by many times as many directories, and loads take up to twice as long.
    private void back(LongConsumer backed) {
        // Kernels without large pages refuse; small ones are all there are then.
        int _ = memory.tryAdvise(0, memory.bytes(), MappedMemory.HUGE_PAGE);
        boolean large = pages == PageSize.SIZE_2M;
        for (long at = 0; at < memory.bytes(); at += PIECE) {
            long piece = Math.min(PIECE, memory.bytes() - at);
            try {
                memory.advise(at, piece, MappedMemory.POPULATE_WRITE);
            } catch (SystemCallException e) {
                throw new InputException("cannot back memory to measure with: " + e, e);
            }
            if (large) {
                int _ = memory.tryAdvise(at, piece, MappedMemory.COLLAPSE);
            }
            backed.accept(piece);
        }
        if (!large) {
            int _ = memory.tryAdvise(0, memory.bytes(), MappedMemory.NO_HUGE_PAGE);
            split();
        }
    }

    /// A large page is mapped by small ones once one of them has other rights than the rest.
    private void split() {
        for (long at = 0; at < memory.bytes(); at += PageSize.SIZE_2M.bytes()) {
            memory.protect(at, MappedMemory.PAGE, false);
            memory.protect(at, MappedMemory.PAGE, true);
        }
    }

    private void avoidCutPages() {
        cut = CutPages.find(memory);
        int largePages = (int) (memory.bytes() / PageSize.SIZE_2M.bytes());
        start = CutPages.longestRunWithout(cut, largePages) * PageSize.SIZE_2M.bytes();
    }

    private void check() {
        long large = largeBytes();
        if (pages == PageSize.SIZE_2M && large < memory.bytes()) {
            throw new InputException(
                    "the host backs only %d of %d MiB by 2M pages"
                            .formatted(large >> 20, memory.bytes() >> 20));
        }
        if (pages == PageSize.SIZE_4K && large > 0) {
            throw new InputException("the host gives 2M pages where 4K pages were asked for");
        }
    }

    /// Bytes of it that the kernel says are backed by large pages (`AnonHugePages` of the mappings
    /// within it); 0 where it does not say.
    public long largeBytes() {
        long from = memory.address();
        long until = from + memory.bytes();
        long[] sum = {0};
        boolean[] within = {false};
        try (Stream<String> lines = Files.lines(MAPS)) {
            lines.forEach(line -> {
                int dash = line.indexOf('-');
                if (dash > 0 && Character.digit(line.charAt(0), 16) >= 0 && isRange(line, dash)) {
                    long start = Long.parseUnsignedLong(line.substring(0, dash), 16);
                    within[0] = start >= from && start < until;
                } else if (within[0] && line.startsWith("AnonHugePages:")) {
                    sum[0] += Long.parseLong(line.replaceAll("\\D", "")) << 10;
                }
            });
        } catch (IOException e) {
            return 0;
        }
        return sum[0];
    }

    private static boolean isRange(String line, int dash) {
        return line.chars().limit(dash).allMatch(c -> Character.digit(c, 16) >= 0);
    }

    /// How many of its large pages are held by the TLB in small pieces; see [CutPages].
    public int cutPages() {
        return cut.cardinality();
    }

    /// Where a pattern of `footprint` bytes best begins, from its beginning: where the most large
    /// pages in a row are whole, as far as there is room behind.
    long offset(long footprint) {
        return Math.min(start, memory.bytes() - footprint & -PageSize.SIZE_2M.bytes());
    }

    /// The size of its pages.
    public PageSize pages() {
        return pages;
    }

    /// The size of the memory in bytes.
    public long bytes() {
        return memory.bytes();
    }

    /// Where it is.
    public long address() {
        return memory.address();
    }

    @Override
    public void close() {
        memory.close();
    }
}
