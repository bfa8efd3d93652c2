package org.nestwalk.machine.simulated;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import java.util.function.LongConsumer;
import java.util.function.LongPredicate;
import java.util.function.LongUnaryOperator;
import org.nestwalk.InputException;
import org.nestwalk.bits.PageSize;
import org.nestwalk.machine.PinOwner;
import org.nestwalk.machine.PinnedMemory;

/// Pages of one virtual machine that devices reach, and who has pinned them.
///
/// Used alone ([org.nestwalk.machine.simulated.host.World]).
final class PinnedPages implements PinnedMemory {
    private static final long SMALL = PageSize.SIZE_4K.bytes();

    private final LongPredicate prepare;
    private final LongUnaryOperator lookup;
    private final TreeMap<Long, List<PinOwner>> pins = new TreeMap<>();

    /// Nothing is pinned.
    ///
    /// @param prepare backs a page, and makes it private; says whether that was possible
    /// @param lookup gives the host-physical address of what is backed, otherwise -1
    PinnedPages(LongPredicate prepare, LongUnaryOperator lookup) {
        this.prepare = prepare;
        this.lookup = lookup;
    }

    @Override
    public long pin(long gpa, PinOwner owner) {
        long page = gpa & -SMALL;
        if (!prepare.test(page)) {
            return -1;
        }
        pins.computeIfAbsent(page, _ -> new ArrayList<>(1)).add(owner);
        return lookup.applyAsLong(page);
    }

    @Override
    public void unpin(long gpa, PinOwner owner) {
        long page = gpa & -SMALL;
        List<PinOwner> owners = pins.get(page);
        if (owners == null || !owners.remove(owner)) {
            throw new IllegalStateException(
                    "page 0x%x is not pinned by %s".formatted(page, owner.label()));
        }
        if (owners.isEmpty()) {
            pins.remove(page);
        }
    }

    @Override
    public boolean isPinned(long gpa, long bytes) {
        if (pins.isEmpty()) {
            return false;
        }
        Long first = pins.ceilingKey(gpa & -SMALL);
        return first != null && first < gpa + bytes;
    }

    @Override
    public long pages() {
        return pins.size();
    }

    @Override
    public long hostAddress(long gpa) {
        return lookup.applyAsLong(gpa);
    }

    /// Has the owners of all pins of a range let them go. Returns whether they have.
    boolean letGo(long gpa, long bytes) {
        if (!isPinned(gpa, bytes)) {
            return true;
        }
        for (long page : List.copyOf(pins.subMap(gpa, gpa + bytes).keySet())) {
            for (PinOwner owner : List.copyOf(pins.getOrDefault(page, List.of()))) {
                if (!owner.letGo(page)) {
                    return false;
                }
            }
        }
        return !isPinned(gpa, bytes);
    }

    /// As [#letGo], of a range that is to be taken away.
    ///
    /// @throws InputException if an owner refuses
    void requireLetGo(long gpa, long bytes) {
        if (!letGo(gpa, bytes)) {
            Map.Entry<Long, List<PinOwner>> pinned = Objects.requireNonNull(pins.ceilingEntry(gpa));
            throw new InputException(
                    "page 0x%x is pinned for %s, which may write to it at any time: it cannot be taken away; detach the device, or assign it so that it lets pages go"
                            .formatted(pinned.getKey(), pinned.getValue().getFirst().label()));
        }
    }

    /// Shows `consumer` every pinned page.
    void forEach(LongConsumer consumer) {
        pins.keySet().forEach(consumer::accept);
    }

    /// All memory is about to be given back.
    void end() {
        pins.values().stream().flatMap(List::stream).distinct().toList().forEach(PinOwner::end);
        if (!pins.isEmpty()) {
            throw new IllegalStateException(
                    "%d pages are still pinned as their memory is given back"
                            .formatted(pins.size()));
        }
    }
}
