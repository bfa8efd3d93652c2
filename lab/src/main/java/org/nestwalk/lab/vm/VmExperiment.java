package org.nestwalk.lab.vm;

import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import org.jspecify.annotations.Nullable;
import org.nestwalk.InputException;
import org.nestwalk.bits.PageSize;
import org.nestwalk.guest.PlainExecution;
import org.nestwalk.guest.kernel.GuestKernel;
import org.nestwalk.guest.kernel.GuestProcess;
import org.nestwalk.guest.kernel.KernelSettings;
import org.nestwalk.guest.kernel.PagingCounts;
import org.nestwalk.guest.kernel.ScanSettings;
import org.nestwalk.guest.kernel.Task;
import org.nestwalk.hypervisor.BackgroundWork;
import org.nestwalk.hypervisor.HostKhugepaged;
import org.nestwalk.hypervisor.Hypervisor;
import org.nestwalk.hypervisor.LargePageHints;
import org.nestwalk.lab.compare.ProgressListener;
import org.nestwalk.machine.Account;
import org.nestwalk.machine.ExitReason;
import org.nestwalk.machine.Hypercalls;
import org.nestwalk.machine.SoftwareCosts;
import org.nestwalk.machine.TranslationMode;
import org.nestwalk.machine.VirtualCpu;
import org.nestwalk.machine.VirtualMachine;
import org.nestwalk.machine.VmSettings;
import org.nestwalk.machine.simulated.SimulatedMachine;
import org.nestwalk.machine.simulated.SimulatedSettings;
import org.nestwalk.memory.Fragmentation;
import org.nestwalk.mmu.MmuCounts;
import org.nestwalk.mmu.model.MachineModel;

/// Runs programs in a virtual machine of the simulated machine: makes machine, hypervisor and guest
/// as asked for, runs them, checks that nothing is lost, and says what happened.
public final class VmExperiment {
    private static final int LEVELS = 4;
    private static final long LEAST_KERNEL_MEMORY = 16L << 20;

    private final VmOptions options;
    private final MachineModel model;
    private final SimulatedMachine machine;
    private final VirtualMachine vm;
    private final GuestKernel kernel;
    private final Latencies latencies = new Latencies();
    private final List<GuestProgram> programs;
    private final List<PlacedTask> tasks = new ArrayList<>();
    private final List<BackgroundWork> background = new ArrayList<>();
    private final @Nullable LargePageHints hints;
    private final @Nullable HostKhugepaged khugepaged;
    private final double unusableBefore;

    private record PlacedTask(GuestProgram program, int cpu, Task task) {}

    /// Makes everything, and runs nothing yet.
    ///
    /// @throws InputException if something cannot be as asked for
    public VmExperiment(VmOptions options, MachineModel model) {
        this(options, model, open(options));
    }

    /// The programs, once it is clear that there can be such a guest.
    private static List<GuestProgram> open(VmOptions options) {
        settings(options);
        return options.programs().stream().map(text -> open(text, options)).toList();
    }

    private static VmSettings settings(VmOptions options) {
        VmSettings settings =
                new VmSettings("the guest", options.memoryBytes(), options.cpus(), options.mode());
        if (options.memoryBytes() < LEAST_KERNEL_MEMORY) {
            throw new InputException(
                    "guest memory of %d bytes is too little for a kernel; use 16MiB or more"
                            .formatted(options.memoryBytes()));
        }
        return settings;
    }

    private static GuestProgram open(String text, VmOptions options) {
        return GuestProgram.open(text, LEVELS, options.limit(), options.cpus());
    }

    /// Runs `programs` instead of those that the options name.
    VmExperiment(VmOptions options, MachineModel model, List<GuestProgram> programs) {
        this.options = options;
        this.model = model;
        this.programs = List.copyOf(programs);
        VmSettings settings = settings(options);
        boolean isNative = options.mode() == TranslationMode.NATIVE;
        SoftwareCosts costs = SoftwareCosts.assumed(model.exitCycles());
        this.machine =
                new SimulatedMachine(
                        new SimulatedSettings(
                                model,
                                isNative ? roundUp(options.memoryBytes()) : options.hostBytes(),
                                1,
                                isNative ? Fragmentation.NONE : options.fragmentation(),
                                LEVELS,
                                LEVELS,
                                costs,
                                options.contents(),
                                options.seed()));
        this.unusableBefore = machine.host().unusableIndex(PageSize.SIZE_2M);
        this.vm = machine.create(settings);
        vm.observe(latencies);
        this.hints = options.hint() ? newHints() : null;
        this.khugepaged = options.backing().collapses() && !isNative ? newKhugepaged() : null;
        if (!isNative) {
            Hypervisor hypervisor =
                    new Hypervisor(vm, hints == null ? options.backing().policy() : hints);
            if (hints != null) {
                hypervisor.serve(Hypercalls.HINT_LARGE_PAGES, hints);
            }
        }
        this.kernel = new GuestKernel(vm, kernelSettings(costs));
        if (isNative) {
            options.fragmentation().impose(kernel.allocator(), options.seed());
        }
        place();
    }

    private static long roundUp(long bytes) {
        return bytes + (4L << 20) - 1 & -(4L << 20);
    }

    private LargePageHints newHints() {
        LargePageHints made =
                new LargePageHints(vm, machine.host(), options.hints(), options.backing().policy());
        background.add(made);
        return made;
    }

    private HostKhugepaged newKhugepaged() {
        HostKhugepaged made = new HostKhugepaged(vm, machine.host(), options.hostScanning());
        background.add(made);
        return made;
    }

    private KernelSettings kernelSettings(SoftwareCosts costs) {
        ScanSettings linux = ScanSettings.LINUX;
        double factor = options.guestScanFactor();
        ScanSettings scanning =
                factor == 0
                        ? ScanSettings.OFF
                        : new ScanSettings(
                                true,
                                linux.pagesToScan(),
                                Math.max(1, (long) (linux.sleepNanoseconds() / factor)),
                                Math.max(1, (long) (linux.allocSleepNanoseconds() / factor)),
                                linux.maxNone(),
                                linux.maxShared());
        return new KernelSettings(
                options.guestPages(), options.pcids(), options.hint(), scanning, LEVELS, costs);
    }

    private void place() {
        for (GuestProgram program : programs) {
            GuestProcess process = null;
            for (int cpu = 0; cpu < options.cpus(); cpu++) {
                if (process == null || !program.isShared()) {
                    process = kernel.start(cpu, program.name(), program.areas());
                }
                Task task = kernel.run(process, program.openCopy(cpu), cpu);
                tasks.add(new PlacedTask(program, cpu, task));
            }
        }
    }

    /// Runs everything to its end, or until `progress` says to stop. Called once.
    ///
    /// @throws InputException if a trace turns out to be damaged
    /// @throws IllegalStateException if memory was lost or has two owners: an error of this program
    public VmResult run(ProgressListener progress) {
        Timeline timeline = new Timeline(vm, kernel, model);
        kernel.observeEnds(process -> timeline.sample());
        timeline.sample();
        Execution execution =
                new Execution(options, kernel, background, timeline, total(), progress);
        boolean complete = options.parallel() ? execution.inParallel() : execution.inTurns();
        VmResult result = result(complete, timeline);
        machine.checkInvariants();
        if (hints != null) {
            hints.withdraw();
        }
        machine.closeAndVerify();
        return result;
    }

    private OptionalLong total() {
        long sum = 0;
        for (GuestProgram program : programs) {
            if (program.accesses().isEmpty()) {
                return OptionalLong.empty();
            }
            sum += program.accesses().getAsLong() * options.cpus();
        }
        return OptionalLong.of(sum);
    }

    private VmResult result(boolean complete, Timeline timeline) {
        MmuCounts walks = new MmuCounts();
        Account account = new Account();
        for (VirtualCpu cpu : vm.cpus()) {
            walks.add(cpu.walkCounts().orElseThrow());
            account.add(cpu.account());
        }
        Map<ExitReason, VmResult.Percentiles> percentiles = new EnumMap<>(ExitReason.class);
        for (ExitReason reason : ExitReason.values()) {
            if (account.exits(reason) > 0) {
                percentiles.put(reason, latencies.of(reason));
            }
        }
        return new VmResult(
                options,
                model.name(),
                complete,
                taskResults(complete),
                walks,
                walks.accesses() * model.accessCycles(),
                timeline.now(),
                account,
                vm.background(),
                percentiles,
                guest(kernel.counts()),
                host(),
                timeline.moments());
    }

    private List<VmResult.TaskResult> taskResults(boolean complete) {
        List<VmResult.TaskResult> results = new ArrayList<>();
        for (GuestProgram program : programs) {
            Long expected =
                    options.contents() && complete
                            ? (Long) PlainExecution.of(program.openCopy(0)).checksum()
                            : null;
            for (PlacedTask placed : tasks) {
                if (placed.program.equals(program)) {
                    Task task = placed.task;
                    results.add(
                            new VmResult.TaskResult(
                                    program.name(),
                                    placed.cpu,
                                    task.made(),
                                    task.checksum(),
                                    expected,
                                    task.failure() == null ? null : task.failure().message()));
                }
            }
        }
        return results;
    }

    private static VmResult.Guest guest(PagingCounts counts) {
        return new VmResult.Guest(
                counts.pageFaults(),
                counts.firstTouches(),
                counts.largeTouches(),
                counts.largeFallbacks(),
                counts.collapses(),
                counts.copies());
    }

    private VmResult.Host host() {
        if (options.mode() == TranslationMode.NATIVE) {
            return new VmResult.Host(0, 0, 0, 0, 0, 0, 0, 0, 0);
        }
        return new VmResult.Host(
                vm.secondLevel().backedBytes(PageSize.SIZE_4K),
                vm.secondLevel().backedBytes(PageSize.SIZE_2M),
                unusableBefore,
                machine.host().unusableIndex(PageSize.SIZE_2M),
                khugepaged == null ? 0 : khugepaged.collapsed(),
                hints == null ? 0 : hints.kept(),
                hints == null ? 0 : hints.backedAtOnce(),
                hints == null ? 0 : hints.refused(),
                machine.pagesMoved());
    }

    /// What identifies the contents of what runs.
    public List<String> identities() {
        return programs.stream().map(GuestProgram::identity).toList();
    }
}
