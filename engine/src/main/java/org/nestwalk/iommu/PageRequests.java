package org.nestwalk.iommu;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Iterator;
import java.util.function.IntFunction;
import org.jspecify.annotations.Nullable;

/// What devices ask to be made present, until software has answered (PRI): the page-request queue.
/// What does not fit is answered as a failure at once, and an overflow is kept (PRO).
///
/// Source: VT-d specification, section 7.4; PCI Express, Address Translation Services, 1.1, section
/// 4.
public final class PageRequests {
    /// Entries of the queue.
    public static final int ENTRIES = 128;

    private final IntFunction<@Nullable DeviceEnd> ends;
    private final Deque<Request> requests = new ArrayDeque<>();
    private boolean overflown;
    private long seen;

    /// A request for a page.
    ///
    /// @param source who asks
    /// @param pasid or [RemappingUnit#NO_PASID]
    /// @param address of the page
    /// @param write whether it is to be written
    /// @param group by which the answer is known
    public record Request(int source, int pasid, long address, boolean write, int group) {}

    PageRequests(IntFunction<@Nullable DeviceEnd> ends) {
        this.ends = ends;
    }

    void add(Request request) {
        seen++;
        if (requests.size() == ENTRIES) {
            overflown = true;
            DeviceEnd end = ends.apply(request.source());
            if (end != null) {
                end.respond(request.group(), false);
            }
            return;
        }
        requests.add(request);
    }

    /// Takes the oldest of the device with that `source`; null if there is none. Those of others
    /// are for whoever they are assigned to.
    public @Nullable Request take(int source) {
        for (Iterator<Request> all = requests.iterator(); all.hasNext(); ) {
            Request request = all.next();
            if (request.source() == source) {
                all.remove();
                return request;
            }
        }
        return null;
    }

    /// Whether some did not fit (PRO).
    public boolean isOverflown() {
        return overflown;
    }

    /// All that there have been.
    public long seen() {
        return seen;
    }
}
