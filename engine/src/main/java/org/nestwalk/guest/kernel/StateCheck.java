package org.nestwalk.guest.kernel;

import java.util.BitSet;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.nestwalk.InputException;
import org.nestwalk.bits.PageSize;
import org.nestwalk.bits.PagingEntry;
import org.nestwalk.machine.VirtualMachine;

/// Whether what a kernel's state says fits what is in memory, looked at before it goes on: a state
/// may come from anywhere.
final class StateCheck {
    private static final long PAGE = PageSize.SIZE_4K.bytes();

    private final VirtualMachine machine;
    private final BitSet tables = new BitSet();
    private final Map<Long, Integer> mappings = new HashMap<>();

    StateCheck(VirtualMachine machine) {
        this.machine = machine;
    }

    /// The state is of a machine with as many CPUs.
    ///
    /// @throws InputException if not
    void cpus(int cpus) {
        if (cpus != machine.settings().cpus()) {
            throw new InputException(
                    "the state of a kernel with %d CPUs cannot go on in %s, which has %d"
                            .formatted(cpus, machine.settings().name(), machine.settings().cpus()));
        }
    }

    /// Every table, page and page of a file is a frame that is taken, mapped as often as it is
    /// known to be, and every page lies in an area and has no right that the area has not.
    ///
    /// @throws InputException if not
    void memory(GuestFrames frames, List<GuestProcess> processes, MemoryFiles files) {
        for (GuestProcess process : processes) {
            process.space()
                    .count(
                            (table, level, address) -> table(frames, process, table),
                            (gva, level, entry) -> page(process, gva, level, entry));
        }
        files.forEachFrame(gpa -> {
            if (frames.mappings(gpa) != 1 || mappings.put(gpa, 1) != null || isTable(gpa)) {
                throw new InputException(
                        "the frame at 0x%x of a file is free, or used twice".formatted(gpa));
            }
        });
        mappings.forEach((gpa, found) -> {
            if (frames.mappings(gpa) != found) {
                throw new InputException(
                        "the frame at 0x%x is mapped %d times, but known to be %d times"
                                .formatted(gpa, found, frames.mappings(gpa)));
            }
        });
        if (frames.sharedFrames() != mappings.values().stream().filter(n -> n > 1).count()) {
            throw new InputException("frames are known to be shared that are not mapped");
        }
    }

    private void table(GuestFrames frames, GuestProcess process, long table) {
        int frame = (int) (table / PAGE);
        if (frames.mappings(table) != 1 || tables.get(frame)) {
            throw new InputException(
                    "the table at 0x%x of process %d is a free frame, or another's"
                            .formatted(table, process.id()));
        }
        tables.set(frame);
    }

    private boolean isTable(long gpa) {
        return tables.get((int) (gpa / PAGE));
    }

    private void page(GuestProcess process, long gva, int level, long entry) {
        long bytes = PageSize.ofLevel(level).bytes();
        Vma vma = process.space().vmas.find(gva);
        if (vma == null || !vma.contains(gva, gva + bytes)) {
            throw new InputException(
                    "process %d has a page at 0x%x, but no mapping".formatted(process.id(), gva));
        }
        if ((entry & vma.forbidden() & PagingEntry.WRITE) != 0
                || (entry & vma.required() & PagingEntry.NO_EXECUTE)
                        != (vma.required() & PagingEntry.NO_EXECUTE)) {
            throw new InputException(
                    "the page at 0x%x of process %d has more rights than its mapping"
                            .formatted(gva, process.id()));
        }
        long gpa = PagingEntry.page(entry, level);
        for (long frame = gpa; frame < gpa + bytes; frame += PAGE) {
            if (isTable(frame)) {
                throw new InputException("the frame at 0x%x is a table".formatted(frame));
            }
            mappings.merge(frame, 1, Integer::sum);
        }
    }
}
