package org.nestwalk.kvm.machine;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.nestwalk.bits.PageSize;
import org.nestwalk.machine.HostMemory;

/// The host's memory as its kernel reports it. Frames are the kernel's: none can be reserved or
/// moved from here.
final class KvmHostMemory implements HostMemory {
    private static final Path MEMORY = Path.of("/proc/meminfo");
    private static final Path BLOCKS = Path.of("/proc/buddyinfo");
    private static final int COLUMNS_BEFORE_ORDERS = 4;

    // Asked once: it does not change, and is needed where no more files can be opened.
    private final long bytes = field("MemTotal:");

    @Override
    public long bytes() {
        return bytes;
    }

    @Override
    public long freeBytes() {
        return field("MemAvailable:");
    }

    @Override
    public long freeBlocks(PageSize size) {
        int order = size.shift() - PageSize.SIZE_4K.shift();
        long sum = 0;
        for (int at = order; at < orders(); at++) {
            sum += blocks(at) << at - order;
        }
        return sum;
    }

    @Override
    public double unusableIndex(PageSize size) {
        int order = size.shift() - PageSize.SIZE_4K.shift();
        long free = 0;
        long usable = 0;
        for (int at = 0; at < orders(); at++) {
            long pages = blocks(at) << at;
            free += pages;
            usable += at >= order ? pages : 0;
        }
        return free == 0 ? 0 : (double) (free - usable) / free;
    }

    private static int orders() {
        return lines(BLOCKS).getFirst().trim().split("\\s+").length - COLUMNS_BEFORE_ORDERS;
    }

    private static long blocks(int order) {
        return lines(BLOCKS).stream()
                .map(line -> line.trim().split("\\s+"))
                .mapToLong(fields -> Long.parseLong(fields[COLUMNS_BEFORE_ORDERS + order]))
                .sum();
    }

    private static long field(String name) {
        return lines(MEMORY).stream()
                .filter(line -> line.startsWith(name))
                .mapToLong(line -> Long.parseLong(line.replaceAll("\\D", "")) << 10)
                .findFirst()
                .orElse(0);
    }

    private static List<String> lines(Path file) {
        try {
            return Files.readAllLines(file);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Override
    public long reserve(PageSize size) {
        throw frames();
    }

    @Override
    public void release(long hpa, PageSize size) {
        throw frames();
    }

    @Override
    public int compact(PageSize size, int mostMoves) {
        throw frames();
    }

    private static UnsupportedOperationException frames() {
        return new UnsupportedOperationException("host frames are the host kernel's");
    }
}
