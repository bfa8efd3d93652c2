package org.nestwalk.hypervisor.layout;

import java.util.Arrays;
import org.jspecify.annotations.Nullable;
import org.nestwalk.InputException;
import org.nestwalk.bits.PageSize;
import org.nestwalk.hypervisor.BackingPolicy;
import org.nestwalk.hypervisor.FirstTouch;
import org.nestwalk.machine.GuestMemory;
import org.nestwalk.machine.VirtualMachine;

/// Backs a guest's memory page by page in an order that a key chooses, where a hypervisor does not
/// choose frames: the host's kernel then hands out frames in its own order, and where each is in
/// guest memory is as random as the order, but not known before.
///
/// Memory moves by taking the backing of some pages away and backing them again in another order,
/// with what they held.
public final class RandomOrder implements BackingPolicy {
    private static final PageSize PAGE = PageSize.SIZE_4K;
    private static final int TOGETHER = 1 << 12;

    private final long key;
    private @Nullable VirtualMachine vm;
    private long period;

    /// The same key makes the same order.
    public RandomOrder(long key) {
        this.key = key;
    }

    @Override
    public void prepare(VirtualMachine prepared) {
        vm = prepared;
        int pages = Math.toIntExact(prepared.settings().memoryBytes() / PAGE.bytes());
        int[] order = KeyedOrder.of(pages, key, period);
        prepared.exclusively(() -> {
            for (int i = 0; i < pages; i++) {
                if (!back(prepared, order[i] * PAGE.bytes())) {
                    throw new InputException(
                            "the host's memory backs only %d of %d pages of %s"
                                    .formatted(i, pages, prepared.settings().name()));
                }
            }
        });
    }

    @Override
    public boolean back(VirtualMachine backed, long gpa) {
        return backed.secondLevel().pageSize(gpa) != null || new FirstTouch(PAGE).back(backed, gpa);
    }

    /// Moves all memory from `from` on, some pages at a time, which get each other's frames or new
    /// ones. On KVM without nested paging the guest's tables have to be before: it follows what the
    /// guest does to them, and not what is done here.
    ///
    /// @return pages moved
    public long rerandomise(long from) {
        VirtualMachine moved = vm;
        if (moved == null) {
            throw new IllegalStateException("the layout backs nobody yet");
        }
        period++;
        return moved.exclusively(() -> {
            int pages = Math.toIntExact(moved.settings().memoryBytes() / PAGE.bytes());
            int[] order =
                    Arrays.stream(KeyedOrder.of(pages, key, period))
                            .filter(page -> page * PAGE.bytes() >= from)
                            .toArray();
            long[][] contents = new long[TOGETHER][GuestMemory.PAGE_WORDS];
            for (int first = 0; first < order.length; first += TOGETHER) {
                int count = Math.min(TOGETHER, order.length - first);
                move(moved, order, first, count, contents);
            }
            return (long) order.length;
        });
    }

    /// Moves the pages that come at `count` places of the order from `first` on.
    private void move(VirtualMachine moved, int[] order, int first, int count, long[][] contents) {
        for (int i = 0; i < count; i++) {
            long gpa = order[first + i] * PAGE.bytes();
            moved.memory().readPage(gpa, contents[i]);
            moved.secondLevel().unmap(gpa, PAGE.bytes());
        }
        for (int number : KeyedOrder.of(count, ~key, first + period)) {
            long gpa = order[first + number] * PAGE.bytes();
            if (!back(moved, gpa)) {
                throw new IllegalStateException("memory that was given back is gone");
            }
            moved.memory().writePage(gpa, contents[number]);
        }
    }
}
