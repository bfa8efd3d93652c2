package org.nestwalk.kvm.sys;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;

/// How this process's memory is mapped: the request PAGEMAP_SCAN (Linux 6.7,
/// `Documentation/admin-guide/mm/pagemap.rst`).
public final class PageMap {
    private static final String NAME = "/proc/self/pagemap";
    private static final long PAGEMAP_SCAN = 0xc0606610L;
    private static final long LARGE = 1L << 21;
    private static final long PROTECT_AGAIN = 1;
    private static final long ONLY_WATCHED = 2;
    private static final int WRITTEN = 1 << 1;
    private static final int FILE_PAGE = 1 << 2;
    private static final int PRESENT = 1 << 3;
    private static final int SWAPPED = 1 << 4;
    private static final int ZERO_FRAME = 1 << 5;
    private static final int HUGE = 1 << 6;
    private static final int SCAN_BYTES = 96;
    private static final int REGIONS = 512;
    private static final int REGION_BYTES = 24;
    private static final long FRAME = (1L << 55) - 1;

    private PageMap() {}

    /// Whether the 2 MiB from `address`, a multiple of that, are mapped by one large page.
    ///
    /// @throws SystemCallException if the kernel does not tell
    public static boolean isLarge(long address) {
        return largeBytes(address, LARGE) == LARGE;
    }

    /// Whether the page at `address` is in private memory of this process.
    ///
    /// @throws SystemCallException if the kernel does not tell
    public static boolean isPrivate(long address) {
        boolean[] any = {false};
        forEachPrivate(address, MappedMemory.PAGE, (from, length) -> any[0] = true);
        return any[0];
    }

    /// The frames behind a range, one for each of its 4-KiB pages: physical page numbers; 0 of a
    /// page that is not there, and of all pages for who may not know them (without CAP_SYS_ADMIN,
    /// since Linux 4.2).
    ///
    /// @throws SystemCallException if the kernel does not tell
    public static void frames(long address, long[] into) {
        try (FileDescriptor file = FileDescriptor.open(NAME, FileDescriptor.READ_ONLY);
                Arena arena = Arena.ofConfined()) {
            MemorySegment entries = arena.allocate((long) into.length * Long.BYTES, Long.BYTES);
            long done = 0;
            while (done < entries.byteSize()) {
                long offset = address / MappedMemory.PAGE * Long.BYTES + done;
                long count = file.read(entries.asSlice(done), offset);
                if (count <= 0) {
                    break;
                }
                done += count;
            }
            for (int i = 0; i < into.length; i++) {
                long entry = entries.getAtIndex(ValueLayout.JAVA_LONG, i);
                into[i] = entry < 0 ? entry & FRAME : 0;
            }
        }
    }

    /// How much of a range is mapped by large pages.
    ///
    /// @throws SystemCallException if the kernel does not tell
    public static long largeBytes(long address, long bytes) {
        long[] sum = {0};
        scan(address, bytes, 0, 0, PRESENT | HUGE, 0, (from, length) -> sum[0] += length);
        return sum[0];
    }

    /// The pages of a range that is [watched][UserFault#watching] that were written since they were
    /// protected; each is protected again as it is found, so that no write is lost.
    ///
    /// @param consumer is given runs of them, as offsets from `address`
    /// @throws SystemCallException if the kernel does not tell (Linux 6.7)
    public static void collectWritten(
            long address, long bytes, FileDescriptor.RangeConsumer consumer) {
        scan(address, bytes, PROTECT_AGAIN | ONLY_WATCHED, 0, WRITTEN, 0, consumer);
    }

    /// The pages of a range that are in private memory of this process: those that it has written,
    /// of a private mapping of a file.
    ///
    /// @param consumer is given runs of them, as offsets from `address`
    /// @throws SystemCallException if the kernel does not tell
    public static void forEachPrivate(
            long address, long bytes, FileDescriptor.RangeConsumer consumer) {
        int not = FILE_PAGE | ZERO_FRAME;
        long[] run = {0, 0};
        FileDescriptor.RangeConsumer joining =
                (from, length) -> {
                    // Runs end where page tables do, too.
                    if (from != run[1] && run[1] > run[0]) {
                        consumer.range(run[0], run[1] - run[0]);
                    }
                    run[0] = from == run[1] ? run[0] : from;
                    run[1] = from + length;
                };
        scan(address, bytes, 0, not, not, PRESENT | SWAPPED, joining);
        if (run[1] > run[0]) {
            consumer.range(run[0], run[1] - run[0]);
        }
    }

    /// Gives `consumer` the parts of a range whose pages have all categories of `all` and one of
    /// `any`, if that is not 0, those of `inverted` being inverted first.
    private static void scan(
            long address,
            long bytes,
            long flags,
            long inverted,
            long all,
            long any,
            FileDescriptor.RangeConsumer consumer) {
        try (FileDescriptor file = FileDescriptor.open(NAME, FileDescriptor.READ_ONLY);
                Arena arena = Arena.ofConfined()) {
            MemorySegment regions = arena.allocate((long) REGIONS * REGION_BYTES, 8);
            MemorySegment scan = arena.allocate(SCAN_BYTES, 8);
            scan.set(ValueLayout.JAVA_LONG, 0, SCAN_BYTES);
            scan.set(ValueLayout.JAVA_LONG, 8, flags);
            scan.set(ValueLayout.JAVA_LONG, 24, address + bytes);
            scan.set(ValueLayout.JAVA_LONG, 40, regions.address());
            scan.set(ValueLayout.JAVA_LONG, 48, REGIONS);
            scan.set(ValueLayout.JAVA_LONG, 64, inverted);
            scan.set(ValueLayout.JAVA_LONG, 72, all);
            scan.set(ValueLayout.JAVA_LONG, 80, any);
            scan.set(ValueLayout.JAVA_LONG, 88, all | any);
            long at = address;
            while (at < address + bytes) {
                scan.set(ValueLayout.JAVA_LONG, 16, at);
                int count = file.ioctl("PAGEMAP_SCAN", PAGEMAP_SCAN, scan);
                for (int i = 0; i < count; i++) {
                    long region = (long) i * REGION_BYTES;
                    long from = regions.get(ValueLayout.JAVA_LONG, region);
                    long to = regions.get(ValueLayout.JAVA_LONG, region + 8);
                    consumer.range(from - address, to - from);
                }
                at = scan.get(ValueLayout.JAVA_LONG, 32);
            }
        }
    }
}
