package org.nestwalk.lab.vm;

import java.util.BitSet;
import java.util.List;
import java.util.OptionalInt;
import org.nestwalk.InputException;
import org.nestwalk.bits.PageSize;
import org.nestwalk.guest.kernel.GuestKernel;
import org.nestwalk.hypervisor.Hypervisor;
import org.nestwalk.kvm.machine.HostNodes;
import org.nestwalk.kvm.machine.KvmMachine;
import org.nestwalk.kvm.machine.KvmSettings;
import org.nestwalk.kvm.sys.Threads;
import org.nestwalk.lab.progress.ProgressListener;
import org.nestwalk.machine.Account;
import org.nestwalk.machine.SoftwareCosts;
import org.nestwalk.machine.TranslationMode;
import org.nestwalk.machine.VirtualMachine;
import org.nestwalk.memory.Fragmentation;

/// Runs programs in a virtual machine on the host's KVM: the same programs under the same guest's
/// kernel as [VmExperiment], with the host's processor and kernel in place of models.
public final class KvmExperiment implements AutoCloseable {
    // Nobody asks for these costs where time is measured.
    private static final SoftwareCosts NO_COSTS = new SoftwareCosts(0, 0, 0, 0, 0, 0, 0, 0, 0, 0);

    private static final long MOMENTS = 48;
    private static final long SPACING = 10_000_000;

    private final VmOptions options;
    private final OptionalInt node;
    private final BitSet allowed;
    private final BitSet processors;
    private final KvmMachine machine;
    private final VirtualMachine vm;
    private final GuestKernel kernel;
    private final GuestRun guestRun;
    private long warmup;

    /// Makes everything, and runs nothing yet; on a host with several nodes on one that suits it.
    ///
    /// @throws InputException if there is no KVM, or something cannot be as asked for
    public KvmExperiment(VmOptions options) {
        this(options, OptionalInt.empty());
    }

    /// Makes everything, and runs nothing yet.
    ///
    /// @param wanted node of the host to bind memory and threads to; if empty, and it has several,
    ///   the first that this process may run on and that has the memory, if there is one
    /// @throws InputException if there is no KVM, or something cannot be as asked for
    public KvmExperiment(VmOptions options, OptionalInt wanted) {
        this.options = options;
        check(options);
        HostNodes nodes = HostNodes.running();
        allowed = Threads.processors();
        node = wanted.isPresent() ? wanted : nodes.choose(allowed, options.memoryBytes());
        if (node.isPresent()) {
            processors = nodes.check(node.getAsInt(), allowed, options.memoryBytes());
        } else {
            processors = allowed;
        }
        List<GuestProgram> programs = VmExperiment.open(options);
        machine = KvmMachine.open(settings(options));
        try {
            node.ifPresent(machine::bindTo);
            vm = machine.create(VmExperiment.settings(options));
            Hypervisor _ = Hypervisor.start(vm, options.backing().policy());
            kernel = new GuestKernel(vm, VmExperiment.kernelSettings(options, NO_COSTS));
            guestRun = new GuestRun(options, vm, kernel, programs);
        } catch (RuntimeException e) {
            machine.close();
            throw e;
        }
    }

    /// Says what only the simulated machine can do.
    private static void check(VmOptions options) {
        refuse(options.mode() != TranslationMode.NESTED, "--mode", "the host decides that");
        refuse(options.hint(), "--hint", "the host's kernel takes none");
        refuse(
                !options.fragmentation().equals(Fragmentation.NONE),
                "--fragmentation",
                "the host's memory is as it is");
        refuse(
                options.backing() == BackingChoice.KHUGEPAGED
                        || options.backing() == BackingChoice.MISALIGNED,
                "--backing " + options.backing().label(),
                "the host's kernel chooses frames and has a khugepaged of its own");
    }

    private static void refuse(boolean asked, String option, String why) {
        if (asked) {
            throw new InputException(
                    "%s is for the simulated machine: on KVM %s; use --on sim"
                            .formatted(option, why));
        }
    }

    private static KvmSettings settings(VmOptions options) {
        boolean large =
                options.backing() == BackingChoice.LARGE
                        || options.backing() == BackingChoice.EAGER_LARGE;
        return new KvmSettings(KvmSettings.Backing.ANONYMOUS, large, false, KvmSettings.Dirty.NONE);
    }

    /// Runs everything to its end, or until `progress` says to stop. Called once.
    ///
    /// @throws InputException if a trace turns out to be damaged, or the machine cannot go on
    public KvmResult run(ProgressListener progress) {
        SliceTimes times = new SliceTimes(options.cpus());
        // Looking at all of memory takes a while.
        long spacing = guestRun.total().orElse(MOMENTS * SPACING) / MOMENTS + 1;
        Timeline timeline = new Timeline(vm, kernel, times::most, guestRun::made, spacing);
        boolean complete;
        // Threads that this one starts may run where it may.
        Threads.runOn(processors);
        try {
            complete =
                    guestRun.run(List.of(), timeline, times, progress, () -> warmup = times.most());
        } finally {
            Threads.runOn(allowed);
        }
        Account account = guestRun.account();
        return new KvmResult(
                options,
                node.isPresent() ? (Integer) node.getAsInt() : null,
                complete,
                guestRun.taskResults(complete),
                guestRun.nonCanonical(),
                times.most(),
                warmup,
                guestRun.counted(),
                machine.frequency(),
                account,
                guestRun.latencies(account),
                guestRun.guest(),
                vm.secondLevel().backedBytes(PageSize.SIZE_4K),
                vm.secondLevel().backedBytes(PageSize.SIZE_2M),
                timeline.moments());
    }

    /// What a reader of results should know of the programs, after they have run: such as what was
    /// left out of a trace.
    public List<String> warnings() {
        return guestRun.warnings();
    }

    /// What identifies the contents of what ran.
    public List<String> identities() {
        return guestRun.identities();
    }

    @Override
    public void close() {
        machine.close();
    }
}
