package org.nestwalk.lab.vm;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Objects;
import java.util.OptionalLong;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Supplier;
import org.nestwalk.InputException;
import org.nestwalk.bits.Access;
import org.nestwalk.bits.PageSize;
import org.nestwalk.guest.DisplacedSource;
import org.nestwalk.guest.StepSource;
import org.nestwalk.guest.TaskProgram;
import org.nestwalk.guest.kernel.GuestKernel;
import org.nestwalk.guest.kernel.GuestProcess;
import org.nestwalk.guest.kernel.Task;
import org.nestwalk.guest.kernel.Vma;
import org.nestwalk.guest.program.Program;
import org.nestwalk.lab.compare.Dependence;
import org.nestwalk.lab.compare.Workload;
import org.nestwalk.lab.compare.Workloads;
import org.nestwalk.memory.NumberSet;
import org.nestwalk.traces.Mapping;
import org.nestwalk.traces.TraceChoice;
import org.nestwalk.traces.Traces;

/// A workload as a guest's kernel runs it, on every virtual CPU at once: a generated program as one
/// process whose threads each have their own part of its address space; a recorded trace, whose
/// addresses are what they are, as one process a CPU.
public final class GuestProgram {
    private static final long PAGE = PageSize.SIZE_4K.bytes();

    private final String name;
    private final TaskProgram program;
    private final AtomicReference<String> identity;
    private final AtomicReference<List<String>> warnings;
    private final AtomicLong nonCanonical;
    private final OptionalLong accesses;
    private final List<Vma> areas;
    private final long stride;
    private final Dependence dependence;
    private final Supplier<StepSource> opener;

    private GuestProgram(
            String name,
            TaskProgram program,
            AtomicReference<String> identity,
            AtomicReference<List<String>> warnings,
            AtomicLong nonCanonical,
            OptionalLong accesses,
            List<Vma> areas,
            long stride,
            Dependence dependence,
            Supplier<StepSource> opener) {
        this.name = name;
        this.program = program;
        this.identity = identity;
        this.warnings = warnings;
        this.nonCanonical = nonCanonical;
        this.accesses = accesses;
        this.areas = areas;
        this.stride = stride;
        this.dependence = dependence;
        this.opener = opener;
    }

    /// A program of one thread that is none of the named ones.
    public static GuestProgram of(String name, Vma area, Supplier<StepSource> opener) {
        return new GuestProgram(
                name,
                TaskProgram.of(name),
                new AtomicReference<>(name),
                new AtomicReference<>(List.of()),
                new AtomicLong(),
                OptionalLong.empty(),
                List.of(area),
                0,
                Dependence.DECLARED,
                opener);
    }

    /// The program or trace that `text` names, read as [TraceChoice#ALL].
    ///
    /// @throws InputException if there is none, or its copies do not fit in an address space
    public static GuestProgram open(String text, int levels, long limit, int copies) {
        return open(text, levels, limit, copies, TraceChoice.ALL);
    }

    /// The program or trace that `text` names.
    ///
    /// @param levels of the guest's tables
    /// @param limit most accesses to make
    /// @param copies how many run at once
    /// @param asked how to read it, if it is a trace
    /// @throws InputException if there is none, or its copies do not fit in an address space
    public static GuestProgram open(
            String text, int levels, long limit, int copies, TraceChoice asked) {
        TraceChoice choice = isTrace(text) ? asked : TraceChoice.ALL;
        requireRepeatable(text);
        AtomicReference<String> identity = new AtomicReference<>("");
        AtomicReference<List<String>> warnings = new AtomicReference<>(List.of());
        AtomicLong nonCanonical = new AtomicLong();
        Supplier<StepSource> opener =
                () -> openAll(text, levels, limit, choice, identity, warnings, nonCanonical);
        try (Workload workload = Workloads.open(text, levels, choice)) {
            OptionalLong accesses =
                    workload.accesses().isPresent()
                            ? OptionalLong.of(Math.min(limit, workload.accesses().getAsLong()))
                            : OptionalLong.empty();
            Program program = workload.program();
            List<Vma> areas = new ArrayList<>();
            long stride = 0;
            if (program == null) {
                areas.addAll(areasOf(workload.mappings(), text));
            } else {
                Vma first = Vma.around(program.base(), program.footprint());
                stride = first.end() - first.start();
                for (int copy = 0; copy < copies && !program.makesCalls(); copy++) {
                    areas.add(
                            new Vma(
                                    first.start() + copy * stride,
                                    first.end() + copy * stride,
                                    Vma.ALL));
                }
            }
            return new GuestProgram(
                    workload.name(),
                    new TaskProgram(program == null ? text : program.spec(), 0, limit),
                    identity,
                    warnings,
                    nonCanonical,
                    accesses,
                    areas,
                    stride,
                    workload.dependence(),
                    opener);
        }
    }

    /// The memory that the program or trace called `text` needs if its pages are large: what a
    /// program says, or the aligned 2-MiB ranges that a trace touches, for which it is read once.
    ///
    /// @throws InputException as [#open]
    public static long footprint(String text, int levels) {
        requireRepeatable(text);
        try (Workload workload = Workloads.open(text, null, levels)) {
            Program program = workload.program();
            return program == null ? touched(workload.open()) : program.footprint();
        }
    }

    private static long touched(StepSource source) {
        NumberSet ranges = new NumberSet();
        long count = 0;
        long[] block = new long[1 << 14];
        for (int read = source.next(block); read > 0; read = source.next(block)) {
            for (int i = 0; i < read; i++) {
                long range = Access.address(block[i]) >> PageSize.SIZE_2M.shift();
                count += ranges.add(range) ? 1 : 0;
            }
        }
        return count * PageSize.SIZE_2M.bytes();
    }

    /// Whether `text` names a trace, not a program.
    static boolean isTrace(String text) {
        return Files.exists(Path.of(text));
    }

    private static void requireRepeatable(String text) {
        if (text.equals(Traces.STANDARD_INPUT)) {
            throw new InputException(
                    "standard input can be read once only; give a trace in a file");
        }
    }

    /// Some formats' digests are known only when all has been read.
    private static StepSource openAll(
            String text,
            int levels,
            long limit,
            TraceChoice choice,
            AtomicReference<String> identity,
            AtomicReference<List<String>> warnings,
            AtomicLong nonCanonical) {
        Workload workload = Workloads.open(text, levels, choice);
        identity.set(workload.identity());
        return new LimitedSource(
                workload.steps(),
                limit,
                () -> nonCanonical.accumulateAndGet(workload.nonCanonical(), Math::max),
                () -> {
                    identity.set(workload.identity());
                    warnings.set(workload.warnings());
                    workload.close();
                });
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
    public String name() {
        return name;
    }

    /// How many accesses a copy makes, if known.
    public OptionalLong accesses() {
        return accesses;
    }

    /// The areas of a process: of all copies if they share one.
    public List<Vma> areas() {
        return areas;
    }

    /// Whether all copies are threads of one process.
    public boolean isShared() {
        return stride != 0;
    }

    /// What copy `copy` runs, as data.
    public TaskProgram task(int copy) {
        return new TaskProgram(program.text(), copy * stride, program.limit());
    }

    /// Starts a copy on each of `cpus` CPUs of a kernel: all as threads of one process if they have
    /// parts of an address space of their own, otherwise each as a process.
    ///
    /// @return the tasks, by CPU
    public List<Task> start(GuestKernel kernel, int cpus) {
        List<Task> tasks = new ArrayList<>();
        GuestProcess process = null;
        for (int cpu = 0; cpu < cpus; cpu++) {
            if (process == null || stride == 0) {
                process = kernel.start(cpu, name, areas);
            }
            tasks.add(kernel.run(process, task(cpu), this::open, cpu));
        }
        return tasks;
    }

    /// A fresh stream of copy `copy`.
    public StepSource openCopy(int copy) {
        return open(task(copy));
    }

    /// A fresh stream of `copy`, one of [#task].
    public StepSource open(TaskProgram copy) {
        StepSource source = opener.get();
        return copy.offset() == 0 ? source : new DisplacedSource(source, copy.offset());
    }

    /// What a reader of results should know of it, once a copy has been read to its end.
    List<String> warnings() {
        return Objects.requireNonNull(warnings.get());
    }

    /// Accesses that a copy has left out so far because their addresses are not canonical.
    long nonCanonical() {
        return nonCanonical.get();
    }

    /// From where it is known which accesses depend on which.
    Dependence dependence() {
        return dependence;
    }

    /// What identifies its contents, once a copy has been read to its end.
    String identity() {
        return Objects.requireNonNull(identity.get());
    }
}
