package org.nestwalk.guest.kernel;

import java.util.List;
import java.util.function.Consumer;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.nestwalk.InputException;
import org.nestwalk.bits.PageSize;
import org.nestwalk.guest.ProgramOpener;
import org.nestwalk.guest.StepSource;
import org.nestwalk.guest.SystemCall;
import org.nestwalk.guest.TaskProgram;
import org.nestwalk.machine.ArrivingMemory;
import org.nestwalk.machine.Cost;
import org.nestwalk.machine.GuestFailure;
import org.nestwalk.machine.GuestSoftware;
import org.nestwalk.machine.KernelCpu;
import org.nestwalk.machine.VirtualMachine;
import org.nestwalk.memory.BuddyAllocator;
import org.nestwalk.storage.CacheSettings;
import org.nestwalk.storage.FileStore;

/// A guest's kernel: owns the memory of a virtual machine, gives it to processes page by page, and
/// runs their tasks.
///
/// [#slice] runs one CPU, on whatever thread drives that CPU; CPUs may be driven by threads of
/// their own. All other operations are system calls or work of the kernel's own, made by the CPU
/// they name; they are made [exclusively][VirtualMachine#exclusively], by any thread, but not on
/// behalf of a process that is running a slice at the same time.
public final class GuestKernel implements GuestSoftware, AutoCloseable {
    private static final long ROOT = PageSize.SIZE_4K.bytes();

    private final KernelSettings settings;
    private final KernelMemory memory = new KernelMemory();
    private final GuestFrames frames;
    private final TlbMaintenance tlbs;
    private final PageFaults faults;
    private final Khugepaged khugepaged;
    private final Scheduler scheduler;
    private final Processes processes;
    private final MemoryFiles files;
    private final SystemCalls systemCalls;
    private @Nullable CachedFiles cached;
    private final KernelRandom random;
    private final int cpus;
    private final VirtualMachine machine;

    /// Boots a kernel on a virtual machine whose memory is all unused.
    ///
    /// @throws InputException if there is too little memory
    public GuestKernel(VirtualMachine machine, KernelSettings settings) {
        this.machine = machine;
        this.settings = settings;
        cpus = machine.settings().cpus();
        GuestNodes nodes = new GuestNodes(settings.numa(), machine);
        frames = new GuestFrames(memory, settings.costs(), nodes, machine.settings().memoryBytes());
        tlbs = new TlbMaintenance(cpus, settings.pcids(), ROOT);
        CopyOnWrite copyOnWrite = new CopyOnWrite(frames, tlbs);
        processes = new Processes(settings, cpus, memory, frames, nodes, tlbs, copyOnWrite);
        faults = new PageFaults(settings, frames, copyOnWrite);
        files = new MemoryFiles(settings.costs(), frames, faults);
        Prefetching prefetching = new Prefetching(frames, faults);
        systemCalls = new SystemCalls(settings.costs(), tlbs, faults, files, prefetching);
        random = new KernelRandom(machine.generation());
        khugepaged = new Khugepaged(settings, frames, tlbs, faults);
        scheduler = new Scheduler(this, tlbs, cpus, settings.costs().contextSwitch());
        machine.onException(this);
    }

    /// A kernel that goes on where another was when it was [saved][#save], on a virtual machine
    /// that holds the memory and the CPUs' states of that moment.
    ///
    /// @param programs opens the programs of its tasks again
    /// @throws InputException if the machine has other memory or CPUs, or the state does not fit
    ///   what is in them
    public static GuestKernel restore(
            VirtualMachine machine, KernelState state, ProgramOpener programs) {
        return restore(machine, state, programs, ArrivingMemory.ALL_THERE);
    }

    /// As [#restore(VirtualMachine,KernelState,ProgramOpener)], on a virtual machine of whose
    /// memory parts have yet to arrive. What of the state cannot be held against them now is when
    /// they do, before anybody can use them.
    public static GuestKernel restore(
            VirtualMachine machine,
            KernelState state,
            ProgramOpener programs,
            ArrivingMemory arriving) {
        GuestKernel kernel = new GuestKernel(machine, state.settings());
        try {
            kernel.call(0, _ -> kernel.restore(state, programs, arriving));
        } catch (GuestFailure failure) {
            throw new InputException(
                    "the state does not fit the memory of %s: %s"
                            .formatted(machine.settings().name(), failure.getMessage()),
                    failure);
        }
        return kernel;
    }

    private void restore(KernelState state, ProgramOpener programs, ArrivingMemory arriving) {
        StateCheck check = new StateCheck(machine, state, arriving);
        check.cpus();
        frames.restore(state.frames());
        processes.restore(state.processes(), programs);
        files.restore(state.files());
        scheduler.restore(state.cpus(), processes);
        khugepaged.restore(state.own().scanning());
        random.restore(state.own().random(), machine.generation());
        for (int cpu = 0; cpu < cpus; cpu++) {
            tlbs.restore(machine.cpus().get(cpu), processes.find(state.cpus().get(cpu).loaded()));
        }
        check.memory();
    }

    /// All that the kernel knows, as data. It goes on as it was; no CPU may be in a slice
    /// ([org.nestwalk.machine.VirtualCpu#kick] ends those).
    ///
    /// Tasks of processes that have ended are no part of it: their caller has their results.
    ///
    /// @throws InputException if a CPU is in a slice, a task runs a program that has no name, or
    ///   the kernel keeps copies of its tables
    public KernelState save() {
        if (cached != null) {
            throw new InputException(
                    "a kernel whose files are on a disk of its host cannot be saved");
        }
        if (settings.numa().copiesTables()) {
            throw new InputException(
                    "a kernel that keeps copies of its page tables on several nodes cannot be"
                            + " saved");
        }
        return result(
                0,
                _ ->
                        new KernelState(
                                settings,
                                frames.save(),
                                processes.save(),
                                files.save(),
                                scheduler.save(tlbs, processes),
                                new KernelState.OwnState(khugepaged.save(), random.save())));
    }

    /// Has programs' files on `device`, a disk of the host's, from now on, behind a page cache. It
    /// is the only time; nothing of a file may have been written before.
    ///
    /// @throws InputException if the guest's memory is encrypted
    public CachedFiles mount(FileStore device, CacheSettings cache) {
        if (cached != null) {
            throw new IllegalStateException("a disk is mounted already");
        }
        CachedFiles made =
                new CachedFiles(
                        machine, settings.costs(), memory, frames, faults, tlbs, device, cache);
        cached = made;
        systemCalls.use(made);
        faults.use(made);
        processes.observeSpaces(made.mappings()::fork, made.mappings()::end);
        return made;
    }

    /// `mmap` of a part of a file on the disk that is [mounted][#mount], with MAP_PRIVATE: pages
    /// are those of the page cache until they are written.
    ///
    /// @param area of linear addresses, and the rights to them
    /// @param firstPage of the file; pages that it does not have give SIGBUS when they are touched
    /// @throws InputException if the area overlaps another
    public void mapFile(int cpu, GuestProcess process, Vma area, int file, long firstPage) {
        requireAlive(process);
        CachedFiles files = cached;
        if (files == null) {
            throw new IllegalStateException("no disk is mounted");
        }
        call(
                cpu,
                _ -> {
                    AddressSpace space = process.space();
                    systemCalls.map(space, area);
                    files.mappings()
                            .add(
                                    new FileMappings.Mapping(
                                            space, area.start(), area.end(), file, firstPage));
                });
    }

    /// Any 64 bits. Kernels that have been one have different ones, once they are several.
    public long random() {
        return result(0, _ -> random.next());
    }

    /// The virtual machine that it runs on.
    VirtualMachine vm() {
        return machine;
    }

    /// Starts a process with areas that do not overlap, and no task yet.
    ///
    /// @throws InputException if areas overlap, or there are 4095 processes
    /// @throws GuestFailure if there is no memory for a page table
    public GuestProcess start(int cpu, String name, List<Vma> areas) {
        Vmas vmas = Vmas.of(areas);
        return result(cpu, _ -> processes.create(name, vmas));
    }

    /// Starts a task of a process on a CPU, where it takes turns with others from the next slice
    /// on. The process ends when all its tasks have.
    ///
    /// @param source what it does; nobody can open it again, so it cannot be saved
    public Task run(GuestProcess process, StepSource source, int cpu) {
        return begin(new Task(process, source, null), cpu);
    }

    /// Starts a task of a program that has a name, which can be saved.
    public Task run(GuestProcess process, TaskProgram program, ProgramOpener programs, int cpu) {
        return begin(new Task(process, programs.open(program), program), cpu);
    }

    private Task begin(Task task, int cpu) {
        requireAlive(task.process());
        task.process().begin(task);
        scheduler.add(task, cpu);
        return task;
    }

    /// `mmap`: one more area.
    ///
    /// @throws InputException if it overlaps another
    public void map(int cpu, GuestProcess process, Vma area) {
        requireAlive(process);
        call(cpu, _ -> systemCalls.map(process.space(), area));
    }

    /// `munmap`: takes a range away, and what it holds. Parts that are not mapped are skipped.
    ///
    /// @throws GuestFailure if a 2-MiB page has to be split and there is no memory for a table
    public void unmap(int cpu, GuestProcess process, long start, long end) {
        requireAlive(process);
        Vma range = new Vma(start, end, Vma.READ);
        call(cpu, kernelCpu -> systemCalls.unmap(kernelCpu, process.space(), range));
    }

    /// `mprotect`: gives a range the rights of `range`.
    ///
    /// @throws InputException if not all of it is mapped
    /// @throws GuestFailure as [#unmap]
    public void protect(int cpu, GuestProcess process, Vma range) {
        requireAlive(process);
        call(cpu, kernelCpu -> systemCalls.protect(kernelCpu, process.space(), range));
    }

    /// `fork`: a process with the same areas and contents, which both keep until they write. It has
    /// no task yet.
    ///
    /// @throws GuestFailure if there is no memory for its page table; there is no child then
    public GuestProcess fork(int cpu, GuestProcess parent) {
        requireAlive(parent);
        return result(cpu, kernelCpu -> processes.fork(kernelCpu, parent));
    }

    /// `fork` by a task, which is not in a slice: the child has one task, which goes on where
    /// `parent` is.
    ///
    /// @param fresh the parent's program, from its start
    /// @param childCpu where the child's task runs
    /// @throws GuestFailure if there is no memory for the child's page table; there is no child
    ///   then
    public Task fork(int cpu, Task parent, StepSource fresh, int childCpu) {
        Task task = new Task(fork(cpu, parent.process()), fresh, parent.program());
        task.goOn(parent.progress());
        return begin(task, childCpu);
    }

    /// `exit`, or a kill: ends a process, and frees what it has. Its tasks are not in a slice.
    public void exit(int cpu, GuestProcess process) {
        requireAlive(process);
        call(cpu, kernelCpu -> processes.end(kernelCpu, process));
    }

    /// Lets the kernel's background work be done, if it is time to.
    ///
    /// @param cpu who does it
    /// @param now simulated nanoseconds, never less than before
    public void tick(int cpu, long now) {
        call(cpu, kernelCpu -> khugepaged.tick(kernelCpu, now, processes.alive()));
    }

    /// Runs a CPU for up to `quantum` accesses, of which a system call counts as one. If several
    /// tasks are ready the next slice is another's.
    public Slice slice(int cpu, int quantum) {
        return scheduler.slice(machine, cpu, quantum);
    }

    @Override
    public void pageFault(KernelCpu cpu, long gva, long errorCode) {
        memory.enter(cpu);
        cpu.spend(Cost.GUEST_FAULT, settings.costs().fault());
        faults.handle(cpu, tlbs.loaded(cpu.cpu().index()), gva, errorCode);
    }

    /// Sets the listener that receives each process as it ends, while it still has its memory.
    public void observeEnds(Consumer<GuestProcess> observer) {
        processes.observeEnds(observer);
    }

    /// The processes that have not ended, in the order of creation.
    public List<GuestProcess> processes() {
        return List.copyOf(processes.alive());
    }

    /// What paging has done for all processes, ended ones too.
    public PagingCounts counts() {
        return processes.counts();
    }

    /// The allocator of the guest's memory, or of its first node's, for measures of fragmentation,
    /// and for taking blocks away before processes start.
    public BuddyAllocator allocator() {
        return frames.allocator();
    }

    /// Whether none of the guest's memory is in use: so it is when the kernel is closed.
    public boolean isAllFree() {
        return frames.areAllFree();
    }

    /// Ends all processes and gives the kernel's own memory back.
    @Override
    public void close() {
        for (GuestProcess process : processes()) {
            exit(0, process);
        }
        files.close();
        if (cached != null) {
            cached.close();
        }
        frames.close();
    }

    /// Does what a task asks for, on its CPU.
    ///
    /// @throws GuestFailure if it is refused
    void call(KernelCpu cpu, Task task, SystemCall call) {
        memory.enter(cpu);
        systemCalls.call(cpu, task.process().space(), call);
    }

    /// A task has ended; with it its process, if it was the last.
    void ended(KernelCpu cpu, Task task) {
        memory.enter(cpu);
        if (task.process().isDone()) {
            processes.end(cpu, task.process());
        }
    }

    private void call(int cpu, Consumer<KernelCpu> work) {
        boolean _ =
                result(
                        cpu,
                        kernelCpu -> {
                            work.accept(kernelCpu);
                            return true;
                        });
    }

    private <T> T result(int cpu, Function<KernelCpu, T> work) {
        KernelCpu kernelCpu = machine.cpus().get(cpu).kernel();
        return machine.exclusively(() -> {
            memory.enter(kernelCpu);
            return work.apply(kernelCpu);
        });
    }

    private static void requireAlive(GuestProcess process) {
        if (!process.isAlive()) {
            throw new InputException(
                    "process %d (%s) has ended".formatted(process.id(), process.name()));
        }
    }
}
