package org.nestwalk.hypervisor.layout;

import org.jspecify.annotations.Nullable;
import org.nestwalk.InputException;
import org.nestwalk.bits.PageSize;
import org.nestwalk.hypervisor.BackingPolicy;
import org.nestwalk.hypervisor.FirstTouch;
import org.nestwalk.machine.GuestMemory;
import org.nestwalk.machine.VirtualMachine;
import org.nestwalk.random.Permutation;
import org.nestwalk.random.SplitMix64;

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
        long pages = prepared.settings().memoryBytes() / PAGE.bytes();
        Permutation order = order(pages);
        prepared.exclusively(() -> {
            for (long i = 0; i < pages; i++) {
                if (!back(prepared, order.apply(i) * PAGE.bytes())) {
                    throw new InputException(
                            "the host's memory backs only %d of %d pages of %s"
                                    .formatted(i, pages, prepared.settings().name()));
                }
            }
        });
    }

    private Permutation order(long pages) {
        return new Permutation(pages, SplitMix64.hash(key, period));
    }

    @Override
    public boolean back(VirtualMachine backed, long gpa) {
        return backed.secondLevel().pageSize(gpa) != null
                || new FirstTouch(PAGE).back(backed, gpa);
    }

    /// Moves all memory, some pages at a time, which get each other's frames or new ones.
    ///
    /// @return pages moved
    public long rerandomise() {
        VirtualMachine moved = vm;
        if (moved == null) {
            throw new IllegalStateException("the layout backs nobody yet");
        }
        period++;
        return moved.exclusively(() -> {
            long pages = moved.settings().memoryBytes() / PAGE.bytes();
            Permutation order = order(pages);
            long[][] contents = new long[TOGETHER][GuestMemory.PAGE_WORDS];
            for (long first = 0; first < pages; first += TOGETHER) {
                int count = (int) Math.min(TOGETHER, pages - first);
                move(moved, order, first, count, contents);
            }
            return pages;
        });
    }

    /// Moves the pages that come at `count` places of the order from `first` on.
    private void move(
            VirtualMachine moved, Permutation order, long first, int count, long[][] contents) {
        for (int i = 0; i < count; i++) {
            long gpa = order.apply(first + i) * PAGE.bytes();
            moved.memory().readPage(gpa, contents[i]);
            moved.secondLevel().unmap(gpa, PAGE.bytes());
        }
        Permutation again = new Permutation(count, SplitMix64.hash(key, ~(first + period)));
        for (int i = 0; i < count; i++) {
            int number = (int) again.apply(i);
            long gpa = order.apply(first + number) * PAGE.bytes();
            if (!back(moved, gpa)) {
                throw new IllegalStateException("memory that was given back is gone");
            }
            moved.memory().writePage(gpa, contents[number]);
        }
    }
}
