package org.nestwalk.lab.vm;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.OptionalLong;
import org.nestwalk.InputException;
import org.nestwalk.bits.PageSize;
import org.nestwalk.guest.AccessSource;
import org.nestwalk.guest.DisplacedSource;
import org.nestwalk.guest.kernel.Vma;
import org.nestwalk.guest.program.Program;
import org.nestwalk.lab.compare.Workload;
import org.nestwalk.lab.compare.Workloads;
import org.nestwalk.traces.Mapping;
import org.nestwalk.traces.Traces;

/// A workload as a guest's kernel runs it, on every virtual CPU at once: a generated program as one
/// process whose threads each have their own part of its address space; a recorded trace, whose
/// addresses are what they are, as one process a CPU.
final class GuestProgram {
    private static final long PAGE = PageSize.SIZE_4K.bytes();

    private final String text;
    private final int levels;
    private final long limit;
    private final String name;
    private final OptionalLong accesses;
    private final List<Vma> areas;
    private final long stride;

    private GuestProgram(
            String text, int levels, long limit, Workload workload, List<Vma> areas, long stride) {
        this.text = text;
        this.levels = levels;
        this.limit = limit;
        this.name = workload.name();
        this.accesses = workload.accesses();
        this.areas = areas;
        this.stride = stride;
    }

    /// The program or trace that `text` names.
    ///
    /// @param levels of the guest's tables
    /// @param limit most accesses to make
    /// @param copies how many run at once
    /// @throws InputException if there is none, or its copies do not fit in an address space
    static GuestProgram open(String text, int levels, long limit, int copies) {
        if (text.equals(Traces.STANDARD_INPUT)) {
            throw new InputException(
                    "standard input can be read once only; give a trace in a file");
        }
        try (Workload workload = Workloads.open(text, null, levels)) {
            Program program = workload.program();
            if (program == null) {
                List<Vma> areas = areasOf(workload.mappings(), text);
                return new GuestProgram(text, levels, limit, workload, areas, 0);
            }
            Vma first = Vma.around(program.base(), program.footprint());
            long stride = first.end() - first.start();
            List<Vma> areas = new ArrayList<>();
            for (int copy = 0; copy < copies; copy++) {
                areas.add(
                        new Vma(
                                first.start() + copy * stride,
                                first.end() + copy * stride,
                                Vma.ALL));
            }
            return new GuestProgram(text, levels, limit, workload, areas, stride);
        }
    }

    /// What was mapped, and what lies between: a recording need not say everything.
    private static List<Vma> areasOf(List<Mapping> mappings, String name) {
        List<Mapping> sorted = new ArrayList<>(mappings);
        sorted.removeIf(mapping -> mapping.end() > Vma.USER_END || mapping.end() < 0);
        sorted.sort(Comparator.comparingLong(Mapping::start));
        List<Vma> areas = new ArrayList<>();
        long next = 0;
        for (Mapping mapping : sorted) {
            if (mapping.start() < next) {
                throw new InputException(
                        "%s: the mapping of %s at 0x%x overlaps the one before it"
                                .formatted(name, mapping.label(), mapping.start()));
            }
            addUnlessEmpty(areas, next, mapping.start() & -PAGE);
            next = mapping.end() + PAGE - 1 & -PAGE;
            addUnlessEmpty(areas, mapping.start() & -PAGE, next);
        }
        addUnlessEmpty(areas, next, Vma.USER_END);
        return areas;
    }

    private static void addUnlessEmpty(List<Vma> areas, long start, long end) {
        if (start < end) {
            areas.add(new Vma(start, end, Vma.ALL));
        }
    }

    /// What to call it.
    String name() {
        return name;
    }

    /// How many accesses a copy makes, if known.
    OptionalLong accesses() {
        return accesses.isPresent()
                ? OptionalLong.of(Math.min(limit, accesses.getAsLong()))
                : accesses;
    }

    /// The areas of a process: of all copies if they share one.
    List<Vma> areas() {
        return areas;
    }

    /// Whether all copies are threads of one process.
    boolean isShared() {
        return stride != 0;
    }

    /// A fresh stream of copy `copy`. The workload is closed when it ends.
    AccessSource openCopy(int copy) {
        Workload workload = Workloads.open(text, null, levels);
        AccessSource source = new LimitedSource(workload.open(), limit, workload::close);
        return copy == 0 || stride == 0 ? source : new DisplacedSource(source, copy * stride);
    }

    /// What identifies its contents.
    String identity() {
        try (Workload workload = Workloads.open(text, null, levels)) {
            return workload.identity();
        }
    }
}
