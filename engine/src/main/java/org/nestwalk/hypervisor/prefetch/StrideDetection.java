package org.nestwalk.hypervisor.prefetch;

import org.nestwalk.bits.PageSize;
import org.nestwalk.hypervisor.BackingPolicy;
import org.nestwalk.machine.SecondLevelMap;
import org.nestwalk.machine.VirtualMachine;

/// Backs ahead of a guest whose first touches are equally far apart, with no word from it: two
/// faults at the same distance as the two before them are a stride, and the pages that it leads to
/// are backed, twice as many each time it holds, as a reference prediction table does for lines
/// (Chen and Baer, IEEE Transactions on Computers 1995) and Linux's readahead for files
/// (`mm/readahead.c`).
///
/// One stream at a time is followed. A fault that does not fit begins anew.
public final class StrideDetection implements BackingPolicy {
    private static final long PAGE = PageSize.SIZE_4K.bytes();
    private static final int FIRST = 4;

    private final int most;
    private long last = -1;
    private long stride;
    private int window;
    private long expected = -1;
    private long ahead;

    /// Backs `most` pages ahead, 1 or more.
    public StrideDetection(int most) {
        this.most = most;
    }

    @Override
    public boolean back(VirtualMachine vm, long gpa) {
        SecondLevelMap map = vm.secondLevel();
        if (!map.populate(gpa, PageSize.SIZE_4K)) {
            return false;
        }
        long page = gpa & -PAGE;
        if (page == expected) {
            window = Math.min(most, 2 * window);
            run(map, page, vm.settings().memoryBytes());
        } else {
            long distance = page - last;
            boolean again = last != -1 && distance != 0 && distance == stride;
            stride = last == -1 ? 0 : distance;
            expected = -1;
            if (again) {
                window = Math.min(most, FIRST);
                run(map, page, vm.settings().memoryBytes());
            }
        }
        last = page;
        return true;
    }

    /// Backs the next pages of the stream, and expects its next fault after them.
    private void run(SecondLevelMap map, long page, long memory) {
        long next = page + stride;
        for (int i = 0; i < window && next >= 0 && next < memory; i++, next += stride) {
            if (map.pageSize(next) == null) {
                if (!map.populate(next, PageSize.SIZE_4K)) {
                    break;
                }
                ahead++;
            }
        }
        expected = next;
    }

    /// Pages backed ahead of a touch.
    public long ahead() {
        return ahead;
    }
}
