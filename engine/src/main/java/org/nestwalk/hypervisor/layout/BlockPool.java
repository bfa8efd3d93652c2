package org.nestwalk.hypervisor.layout;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.nestwalk.InputException;
import org.nestwalk.machine.HostMemory;

/// Blocks of host memory as large as a granule, naturally aligned and in the order of addresses,
/// reserved for a layout.
final class BlockPool {
    private final HostMemory host;
    private final Granule granule;
    private final long[] blocks;

    /// Reserves as many blocks as there are, but for a part of memory that stays free for tables.
    ///
    /// @param needed blocks at least
    /// @throws InputException if there are fewer
    BlockPool(HostMemory host, Granule granule, int needed, long left) {
        this.host = host;
        this.granule = granule;
        long[] pages = reserve(host, granule, left);
        this.blocks = granule.pages() == 1 ? pages : whole(pages);
        if (blocks.length < needed) {
            releaseAll();
            throw new InputException(
                    "the host has %d free blocks of %s for %d of a guest that are to be scattered over them; give it more memory"
                            .formatted(blocks.length, granule.label(), needed));
        }
    }

    private static long[] reserve(HostMemory host, Granule granule, long left) {
        List<Long> taken = new ArrayList<>();
        while (host.freeBytes() >= left + granule.page().bytes()) {
            long hpa = host.reserve(granule.page());
            if (hpa == -1) {
                break;
            }
            taken.add(hpa);
        }
        long[] pages = taken.stream().mapToLong(Long::longValue).toArray();
        Arrays.sort(pages);
        return pages;
    }

    /// The blocks all of whose pages are there; pages of others are given back.
    private long[] whole(long[] pages) {
        List<Long> found = new ArrayList<>();
        for (int i = 0; i < pages.length; ) {
            int last = i + granule.pages() - 1;
            boolean whole =
                    pages[i] % granule.bytes() == 0
                            && last < pages.length
                            && pages[last] == pages[i] + granule.bytes() - granule.page().bytes();
            if (whole) {
                found.add(pages[i]);
                i = last + 1;
            } else {
                host.release(pages[i], granule.page());
                i++;
            }
        }
        return found.stream().mapToLong(Long::longValue).toArray();
    }

    int size() {
        return blocks.length;
    }

    /// The address of a block.
    long address(int block) {
        return blocks[block];
    }

    /// Gives a block back of which nobody has anything.
    void release(int block) {
        for (int i = 0; i < granule.pages(); i++) {
            host.release(blocks[block] + i * granule.page().bytes(), granule.page());
        }
    }

    private void releaseAll() {
        for (int i = 0; i < blocks.length; i++) {
            release(i);
        }
    }
}
