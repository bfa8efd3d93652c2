package org.nestwalk.lab.vm;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.nestwalk.InputException;
import org.nestwalk.bits.PageSize;
import org.nestwalk.guest.kernel.GuestKernel;
import org.nestwalk.guest.kernel.KernelSettings;
import org.nestwalk.guest.kernel.NumaSettings;
import org.nestwalk.guest.kernel.ScanSettings;
import org.nestwalk.hypervisor.BackgroundWork;
import org.nestwalk.hypervisor.HostKhugepaged;
import org.nestwalk.hypervisor.Hypervisor;
import org.nestwalk.hypervisor.LargePageHints;
import org.nestwalk.lab.progress.ProgressListener;
import org.nestwalk.machine.Account;
import org.nestwalk.machine.Hypercalls;
import org.nestwalk.machine.SoftwareCosts;
import org.nestwalk.machine.TranslationMode;
import org.nestwalk.machine.VirtualCpu;
import org.nestwalk.machine.VirtualMachine;
import org.nestwalk.machine.VmSettings;
import org.nestwalk.machine.simulated.SimulatedMachine;
import org.nestwalk.machine.simulated.SimulatedSettings;
import org.nestwalk.machine.topology.Topology;
import org.nestwalk.memory.Fragmentation;
import org.nestwalk.mmu.count.MmuCounts;
import org.nestwalk.mmu.model.MachineModel;

/// Runs programs in a virtual machine of the simulated machine: makes machine, hypervisor and guest
/// as asked for, runs them, checks that nothing is lost, and says what happened.
public final class VmExperiment {
    /// What every figure of programs on the simulated machine stands on.
    public static final String MODEL =
            "blocking machine: one access at a time, no overlap and no out-of-order execution;"
                + " every virtual CPU has a processor of its own, with its own caches; exits and"
                + " software cost fixed numbers of cycles, which are assumptions; the kernel's own"
                + " translation, through its direct map, is not modelled";

    private static final int LEVELS = 4;
    private static final long LEAST_KERNEL_MEMORY = 16L << 20;
    private static final VmResult.Host NO_HOST = new VmResult.Host(0, 0, 0, 0, 0, 0, 0, 0, 0);
    private static final Mark NOTHING = new Mark(new MmuCounts(), new Account(), NO_HOST, 0);

    private final VmOptions options;
    private final MachineModel model;
    private final SimulatedMachine machine;
    private final VirtualMachine vm;
    private final GuestKernel kernel;
    private final GuestRun guestRun;
    private final List<BackgroundWork> background = new ArrayList<>();
    private final @Nullable LargePageHints hints;
    private final @Nullable HostKhugepaged khugepaged;
    private final double unusableBefore;
    private Mark start = NOTHING;

    /// What there was when counting began.
    private record Mark(MmuCounts walks, Account background, VmResult.Host host, long now) {}

    /// Makes everything, and runs nothing yet.
    ///
    /// @throws InputException if something cannot be as asked for
    public VmExperiment(VmOptions options, MachineModel model) {
        this(options, model, open(options));
    }

    /// The programs, once it is clear that there can be such a guest.
    static List<GuestProgram> open(VmOptions options) {
        settings(options);
        return options.programs().stream().map(text -> open(text, options)).toList();
    }

    static VmSettings settings(VmOptions options) {
        VmSettings settings =
                new VmSettings(
                        "the guest",
                        options.memoryBytes(),
                        options.cpus(),
                        options.mode(),
                        options.protection());
        if (options.memoryBytes() < LEAST_KERNEL_MEMORY) {
            throw new InputException(
                    "guest memory of %,d bytes is too little for a kernel; use --memory 16MiB or more"
                            .formatted(options.memoryBytes()));
        }
        return settings;
    }

    private static GuestProgram open(String text, VmOptions options) {
        return GuestProgram.open(text, LEVELS, options.limit(), options.cpus());
    }

    /// Runs `programs` instead of those that the options name.
    public VmExperiment(VmOptions options, MachineModel model, List<GuestProgram> programs) {
        this.options = options;
        this.model = model;
        VmSettings settings = settings(options);
        boolean isNative = options.mode() == TranslationMode.NATIVE;
        SoftwareCosts costs = SoftwareCosts.assumed(model.costs().exitCycles());
        this.machine =
                new SimulatedMachine(
                        new SimulatedSettings(
                                model,
                                isNative ? roundUp(options.memoryBytes()) : options.hostBytes(),
                                Topology.ONE_NODE,
                                isNative ? Fragmentation.NONE : options.fragmentation(),
                                LEVELS,
                                LEVELS,
                                costs,
                                options.contents(),
                                options.seed(),
                                options.encryption()));
        this.unusableBefore = machine.host().unusableIndex(PageSize.SIZE_2M);
        this.vm = machine.create(settings);
        this.hints = options.hint() ? newHints() : null;
        this.khugepaged = options.backing().collapses() && !isNative ? newKhugepaged() : null;
        if (!isNative) {
            Hypervisor hypervisor =
                    Hypervisor.start(vm, hints == null ? options.backing().policy() : hints);
            if (hints != null) {
                hypervisor.serve(Hypercalls.HINT_LARGE_PAGES, hints);
            }
        }
        this.kernel = new GuestKernel(vm, kernelSettings(options, costs));
        if (isNative) {
            options.fragmentation().impose(kernel.allocator(), options.seed());
        }
        this.guestRun = new GuestRun(options, vm, kernel, programs);
    }

    private Mark mark() {
        Account background = new Account();
        background.add(vm.background());
        return new Mark(walks(), background, host(), now());
    }

    private MmuCounts walks() {
        MmuCounts walks = new MmuCounts();
        for (VirtualCpu cpu : vm.cpus()) {
            walks.add(cpu.walkCounts().orElseThrow());
        }
        return walks;
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

    static KernelSettings kernelSettings(VmOptions options, SoftwareCosts costs) {
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
                options.guestPages(),
                options.pcids(),
                options.hint(),
                scanning,
                LEVELS,
                costs,
                NumaSettings.NONE);
    }

    /// Runs everything to its end, or until `progress` says to stop. Called once.
    ///
    /// @throws InputException if a trace turns out to be damaged
    /// @throws IllegalStateException if memory was lost or has two owners: an error of this program
    public VmResult run(ProgressListener progress) {
        Timeline timeline = new Timeline(vm, kernel, this::now, this::accesses, 1);
        SliceTimes times = new SliceTimes(options.cpus());
        boolean complete =
                guestRun.run(background, timeline, times, progress, () -> start = mark());
        VmResult result = result(complete, timeline);
        machine.checkInvariants();
        if (hints != null) {
            hints.withdraw();
        }
        machine.closeAndVerify();
        return result;
    }

    /// Nanoseconds that the busiest CPU has run.
    private long now() {
        long most = 0;
        for (VirtualCpu cpu : vm.cpus()) {
            MmuCounts counts = cpu.walkCounts().orElseThrow();
            long cycles =
                    counts.accesses() * model.costs().accessCycles()
                            + counts.translationCycles()
                            + counts.dataCycles
                            + cpu.account().cycles();
            most = Math.max(most, cycles);
        }
        return (long) (most / model.costs().frequencyGHz());
    }

    /// Accesses made by all CPUs.
    private long accesses() {
        long sum = 0;
        for (VirtualCpu cpu : vm.cpus()) {
            sum += cpu.walkCounts().orElseThrow().accesses();
        }
        return sum;
    }

    private VmResult result(boolean complete, Timeline timeline) {
        MmuCounts walks = walks().since(start.walks);
        Account account = guestRun.account();
        return new VmResult(
                options,
                model.name(),
                complete,
                guestRun.taskResults(complete),
                walks,
                walks.accesses() * model.costs().accessCycles(),
                guestRun.nonCanonical(),
                timeline.now(),
                start.now,
                account,
                vm.background().since(start.background),
                guestRun.latencies(account),
                guestRun.guest(),
                host().since(start.host),
                timeline.moments());
    }

    private VmResult.Host host() {
        if (options.mode() == TranslationMode.NATIVE) {
            return NO_HOST;
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

    /// Encrypted references of a kind of [org.nestwalk.mmu.cache.MemoryDelay] that memory has
    /// served.
    public long encryptedReferences(int kind) {
        return machine.encryptedReferences(vm, kind);
    }

    /// What a reader of results should know of the programs, after they have run: such as what was
    /// left out of a trace.
    public List<String> warnings() {
        return guestRun.warnings();
    }

    /// What identifies the contents of what runs.
    public List<String> identities() {
        return guestRun.identities();
    }
}
