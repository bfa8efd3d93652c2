package org.nestwalk.hypervisor.devices;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashMap;
import java.util.Map;

/// Device addresses that are free: ranges that were given back are taken first, the last of them
/// before all others, as Linux's caches of them do (`iova_rcache`).
final class DeviceAddresses {
    private static final long FIRST = 1L << 32;
    private static final long PAGE = 4096;

    private final Map<Long, Deque<Long>> free = new HashMap<>();
    private long next = FIRST;

    /// A range of `pages`.
    long take(long pages) {
        Deque<Long> again = free.get(pages);
        if (again != null && !again.isEmpty()) {
            return again.pop();
        }
        long address = next;
        next += pages * PAGE;
        return address;
    }

    /// Gives a range back.
    void give(long address, long pages) {
        free.computeIfAbsent(pages, _ -> new ArrayDeque<>()).push(address);
    }
}
