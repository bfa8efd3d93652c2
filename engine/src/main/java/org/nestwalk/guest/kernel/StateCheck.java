package org.nestwalk.guest.kernel;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.nestwalk.InputException;
import org.nestwalk.bits.PageSize;
import org.nestwalk.bits.PagingEntry;
import org.nestwalk.machine.ArrivingMemory;
import org.nestwalk.machine.GuestMemory;
import org.nestwalk.machine.VirtualMachine;

/// Whether what a kernel's state says fits what is in memory, looked at before anybody goes by it:
/// a state may come from anywhere.
///
/// Tables are checked from the roots down as far as they are there, and each of the others just
/// before it arrives, so that no table is ever walked that was not checked. They are held against
/// what the state said of frames and areas, not against what has become of these since.
final class StateCheck {
    private static final long PAGE = PageSize.SIZE_4K.bytes();
    private static final int MOST_LEVELS = 5;

    private final VirtualMachine machine;
    private final KernelState state;
    private final ArrivingMemory arriving;
    private final List<Space> spaces = new ArrayList<>();
    private final Map<Long, Table> awaited = new HashMap<>();
    private final long[][] buffers = new long[MOST_LEVELS][];
    private @Nullable FrameClaims frames;
    private @Nullable InputException refused;

    /// A process's address space, and what has been found of it.
    private static final class Space {
        private final KernelState.ProcessState process;
        private final Vmas areas;

        // Tables, and pages by level.
        private final long[] found = new long[4];

        private Space(KernelState.ProcessState process) {
            this.process = process;
            areas = Vmas.of(process.space().areas());
        }
    }

    /// A table that something points to.
    ///
    /// @param base the lowest address that goes through it
    private record Table(Space space, int level, long base) {}

    /// @param arriving the memory that the state is about
    StateCheck(VirtualMachine machine, KernelState state, ArrivingMemory arriving) {
        this.machine = machine;
        this.state = state;
        this.arriving = arriving;
    }

    /// The state is of a machine with as many CPUs.
    ///
    /// @throws InputException if not
    void cpus() {
        int cpus = state.cpus().size();
        if (cpus != machine.settings().cpus()) {
            throw new InputException(
                    "the state of a kernel with %d CPUs cannot go on in %s, which has %d"
                            .formatted(cpus, machine.settings().name(), machine.settings().cpus()));
        }
    }

    /// Every table, page and page of a file is a frame that is taken, mapped as often as it is
    /// known to be, and every page lies in an area and has no right that the area has not. What is
    /// not there yet is looked at as it arrives.
    ///
    /// @throws InputException if not
    void memory() {
        frames = new FrameClaims(state.frames(), machine.settings().memoryBytes());
        for (KernelState.FileState file : state.files()) {
            for (int i = 1; i < file.pages().size(); i += 2) {
                long gpa = file.pages().get(i);
                if (gpa % PAGE != 0 || !frames.claimAlone(gpa)) {
                    throw new InputException(
                            "the frame at 0x%x of a file is free, or used twice".formatted(gpa));
                }
            }
        }
        for (KernelState.ProcessState process : state.processes().alive()) {
            Space space = new Space(process);
            spaces.add(space);
            table(frames, new Table(space, state.settings().levels(), 0), process.space().root());
        }
        if (awaited.isEmpty()) {
            end(frames);
        } else {
            arriving.beforeArrival(this::arrives);
        }
    }

    private void arrives(long gpa, long[] words) {
        if (refused != null) {
            throw new InputException(String.valueOf(refused.getMessage()), refused);
        }
        Table table = awaited.remove(gpa);
        FrameClaims known = frames;
        if (table == null || known == null) {
            return;
        }
        try {
            entries(known, table, words);
            if (awaited.isEmpty()) {
                end(known);
                frames = null;
            }
        } catch (InputException e) {
            refused = e;
            throw e;
        }
    }

    private void table(FrameClaims known, Table table, long gpa) {
        if (gpa % PAGE != 0 || !known.claimAlone(gpa)) {
            throw new InputException(
                    "the table at 0x%x of process %d is a free frame, or another's"
                            .formatted(gpa, table.space.process.id()));
        }
        table.space.found[0]++;
        if (arriving.isMissing(gpa)) {
            awaited.put(gpa, table);
            return;
        }
        long[] words = buffers[table.level - 1];
        if (words == null) {
            words = new long[GuestMemory.PAGE_WORDS];
            buffers[table.level - 1] = words;
        }
        machine.memory().readPage(gpa, words);
        entries(known, table, words);
    }

    private void entries(FrameClaims known, Table table, long[] words) {
        int shift = PageSize.shiftOfLevel(table.level);
        for (int i = 0; i < words.length; i++) {
            long entry = words[i];
            if (!PagingEntry.isPresent(entry)) {
                continue;
            }
            long gva = table.base | (long) i << shift;
            if (PagingEntry.isLeaf(entry, table.level)) {
                page(known, table.space, gva, table.level, entry);
            } else {
                table(
                        known,
                        new Table(table.space, table.level - 1, gva),
                        PagingEntry.table(entry));
            }
        }
    }

    private static void page(FrameClaims known, Space space, long gva, int level, long entry) {
        int process = space.process.id();
        long bytes = PageSize.ofLevel(level).bytes();
        Vma vma = space.areas.find(gva);
        if (vma == null || !vma.contains(gva, gva + bytes)) {
            throw new InputException(
                    "process %d has a page at 0x%x, but no mapping".formatted(process, gva));
        }
        if ((entry & vma.forbidden() & PagingEntry.WRITE) != 0
                || (entry & vma.required() & PagingEntry.NO_EXECUTE)
                        != (vma.required() & PagingEntry.NO_EXECUTE)) {
            throw new InputException(
                    "the page at 0x%x of process %d has more rights than its mapping"
                            .formatted(gva, process));
        }
        space.found[level]++;
        long gpa = PagingEntry.page(entry, level);
        for (long frame = gpa; frame < gpa + bytes; frame += PAGE) {
            if (!known.claim(frame)) {
                throw new InputException(
                        "the frame at 0x%x is free, a table or mapped more often than it is known to be, and process %d maps it at 0x%x"
                                .formatted(frame, process, gva));
            }
        }
    }

    /// Everything has been met.
    private void end(FrameClaims known) {
        if (known.left() != 0) {
            throw new InputException(
                    "frames are known to be mapped %d times more than they are"
                            .formatted(known.left()));
        }
        for (Space space : spaces) {
            for (int i = 0; i < space.found.length; i++) {
                long said = space.process.space().mapped().get(i);
                if (said != space.found[i]) {
                    throw new InputException(
                            "process %d has %d %s, but is known to have %d"
                                    .formatted(
                                            space.process.id(),
                                            space.found[i],
                                            i == 0 ? "tables" : "pages of level " + i,
                                            said));
                }
            }
        }
    }
}
