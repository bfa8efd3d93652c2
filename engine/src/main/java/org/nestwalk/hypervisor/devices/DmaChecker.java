package org.nestwalk.hypervisor.devices;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashMap;
import java.util.Map;
import java.util.stream.Collectors;
import org.nestwalk.machine.device.DevicePort;
import org.nestwalk.machine.device.DmaObserver;

/// Looks at every access of devices as it reaches memory, and holds it against what software has
/// mapped: an access through a mapping whose unmap has returned, or whose memory is free, is found
/// at once, with the history of the page.
///
/// While an unmap has begun and not returned its accesses are allowed: the device may not have
/// heard of it. Where unmaps return before that on purpose (*deferred*), accesses in between are
/// counted, up to the flush.
public final class DmaChecker implements DmaObserver {
    private static final long PAGE = 4096;
    private static final int REMEMBERED = 8;

    private final Map<Long, Page> pages = new HashMap<>();
    private final Map<Integer, Integer> domains = new HashMap<>();
    private long time;
    private long accesses;
    private long exposed;

    /// What a device may do with a page.
    private enum State {
        MAPPED("mapped"),
        UNMAPPING("unmap begun"),
        DEFERRED("unmap deferred"),
        FREED("freed"),
        GONE("unmap returned");

        private final String label;

        State(String label) {
            this.label = label;
        }
    }

    private record Event(State state, long hpa, long time) {
        @Override
        public String toString() {
            return "%s (0x%x) at %d".formatted(state.label, hpa, time);
        }
    }

    private static final class Page {
        private final Deque<Event> history = new ArrayDeque<>();
        private State state = State.GONE;
        private long hpa;
    }

    /// Nothing is mapped.
    public DmaChecker() {}

    /// Accesses seen.
    public long accesses() {
        return accesses;
    }

    /// Accesses through mappings whose unmap was deferred.
    public long exposedAccesses() {
        return exposed;
    }

    void attached(DevicePort port, int domain) {
        domains.put(port.source(), domain);
        port.observe(this);
    }

    void detached(DevicePort port) {
        domains.remove(port.source());
    }

    void mapped(int domain, long address, long hpa, long bytes) {
        for (long offset = 0; offset < bytes; offset += PAGE) {
            set(domain, address + offset, State.MAPPED, hpa + offset);
        }
    }

    void unmapping(int domain, long address, long bytes) {
        set(domain, address, bytes, State.UNMAPPING);
    }

    void deferred(int domain, long address, long bytes) {
        set(domain, address, bytes, State.DEFERRED);
    }

    void freed(int domain, long address, long bytes) {
        set(domain, address, bytes, State.FREED);
    }

    void unmapped(int domain, long address, long bytes) {
        set(domain, address, bytes, State.GONE);
    }

    private void set(int domain, long address, long bytes, State state) {
        for (long page = address; page < address + bytes; page += PAGE) {
            set(domain, page, state, page(domain, page).hpa);
        }
    }

    private void set(int domain, long address, State state, long hpa) {
        Page page = page(domain, address);
        page.state = state;
        page.hpa = hpa;
        if (page.history.size() == REMEMBERED) {
            page.history.remove();
        }
        page.history.add(new Event(state, hpa, time++));
    }

    private Page page(int domain, long address) {
        return pages.computeIfAbsent((long) domain << 45 | address >>> 12, _ -> new Page());
    }

    @Override
    public void performed(DevicePort port, long address, long hpa, boolean write) {
        accesses++;
        Integer domain = domains.get(port.source());
        if (domain == null) {
            throw new StaleDma(
                    "%s 0x%x: it is in no domain any more".formatted(who(port, write), address));
        }
        Page page = page(domain, address);
        State state = page.state;
        if (state == State.DEFERRED) {
            exposed++;
        } else if (state == State.FREED || state == State.GONE) {
            throw new StaleDma(
                    "%s 0x%x at 0x%x, which it has no more: %s"
                            .formatted(who(port, write), hpa, address, history(page)));
        }
        if (page.hpa != (hpa & -PAGE)) {
            throw new StaleDma(
                    "%s 0x%x at 0x%x, which is mapped to 0x%x: %s"
                            .formatted(who(port, write), hpa, address, page.hpa, history(page)));
        }
    }

    private static String who(DevicePort port, boolean write) {
        return "device %02x:%02x.%d %s"
                .formatted(
                        port.source() >>> 8,
                        port.source() >>> 3 & 31,
                        port.source() & 7,
                        write ? "writes" : "reads");
    }

    private static String history(Page page) {
        return page.history.isEmpty()
                ? "it was never mapped"
                : page.history.stream().map(Event::toString).collect(Collectors.joining(", "));
    }
}
