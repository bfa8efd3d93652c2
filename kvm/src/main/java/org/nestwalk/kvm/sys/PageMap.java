package org.nestwalk.kvm.sys;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;

/// How this process's memory is mapped: the request PAGEMAP_SCAN (Linux 6.7,
/// `Documentation/admin-guide/mm/pagemap.rst`).
public final class PageMap {
    private static final String FILE = "/proc/self/pagemap";
    private static final long PAGEMAP_SCAN = 0xc0606610L;
    private static final long LARGE = 1L << 21;
    private static final long PRESENT = 1 << 3;
    private static final long HUGE = 1 << 6;
    private static final int REGIONS = 512;
    private static final int REGION_BYTES = 24;

    private PageMap() {}

    /// Whether the 2 MiB from `address`, a multiple of that, are mapped by one large page.
    ///
    /// @throws SystemCallException if the kernel does not tell
    public static boolean isLarge(long address) {
        return largeBytes(address, LARGE) == LARGE;
    }

    /// How much of a range is mapped by large pages.
    ///
    /// @throws SystemCallException if the kernel does not tell
    public static long largeBytes(long address, long bytes) {
        try (FileDescriptor file = FileDescriptor.open(FILE, FileDescriptor.READ_ONLY);
                Arena arena = Arena.ofConfined()) {
            MemorySegment regions = arena.allocate((long) REGIONS * REGION_BYTES, 8);
            MemorySegment scan = arena.allocate(96, 8);
            scan.set(ValueLayout.JAVA_LONG, 0, 96);
            scan.set(ValueLayout.JAVA_LONG, 24, address + bytes);
            scan.set(ValueLayout.JAVA_LONG, 40, regions.address());
            scan.set(ValueLayout.JAVA_LONG, 48, REGIONS);
            scan.set(ValueLayout.JAVA_LONG, 72, PRESENT | HUGE);
            scan.set(ValueLayout.JAVA_LONG, 88, PRESENT | HUGE);
            long sum = 0;
            long at = address;
            while (at < address + bytes) {
                scan.set(ValueLayout.JAVA_LONG, 16, at);
                int count = file.ioctl("PAGEMAP_SCAN", PAGEMAP_SCAN, scan);
                for (int i = 0; i < count; i++) {
                    long region = (long) i * REGION_BYTES;
                    sum +=
                            regions.get(ValueLayout.JAVA_LONG, region + 8)
                                    - regions.get(ValueLayout.JAVA_LONG, region);
                }
                at = scan.get(ValueLayout.JAVA_LONG, 32);
            }
            return sum;
        }
    }
}
