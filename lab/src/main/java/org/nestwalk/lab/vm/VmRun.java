package org.nestwalk.lab.vm;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.function.Function;
import org.nestwalk.guest.kernel.GuestKernel;
import org.nestwalk.hypervisor.BackgroundWork;
import org.nestwalk.hypervisor.dirty.DirtyRateMeter;
import org.nestwalk.lab.machines.Timing;
import org.nestwalk.lab.progress.ProgressListener;
import org.nestwalk.machine.Account;
import org.nestwalk.machine.VirtualMachine;
import org.nestwalk.mmu.model.ProcessorModel;

/// Runs programs in a virtual machine: makes machine, hypervisor and guest as asked for, runs them,
/// checks that nothing is lost, and says what happened. The same programs run under the same
/// guest's kernel on the simulated machine and on the host's KVM, whose processor and kernel stand
/// in place of models.
public final class VmRun implements AutoCloseable {
    /// What every figure of programs on the simulated machine stands on.
    public static final String MODEL =
            "every virtual CPU has a processor of its own, with its own caches; exits and software"
                    + " cost fixed numbers of cycles, which are assumptions; the kernel's own"
                    + " translation, through its direct map, is not modelled";

    /// The same where accesses are made one after the other.
    public static final String BLOCKING_MODEL = Timing.BLOCKING_MODEL + "; " + MODEL;

    /// What every figure of programs on KVM stands on.
    public static final String MEASURED_MODEL =
            "measured on the host's processor under its KVM: times differ from run to run; programs"
                + " run in user mode, a chunk of accesses an exit; the guest's kernel is outside"
                + " the guest, so that each of its page faults costs an exit that a real kernel's"
                + " does not; the exits listed are those that reach the hypervisor here, and not"
                + " those that the host's kernel handles by itself; fetches are made as loads";

    static final int LEVELS = 4;

    // Of the pages at the end: enough for a picture, and soon looked at.
    private static final long MOST_LOOKED_AT = 1 << 16;

    private final VmOptions options;
    private final Platform platform;
    private final GuestRun guestRun;
    private final GuestKernel kernel;
    private long warmup;
    private boolean closed;

    private VmRun(
            VmOptions options,
            VmTarget target,
            List<GuestProgram> programs,
            Function<VmOptions, Platform> platforms) {
        options.require(target.capabilities());
        this.options = options;
        this.platform = platforms.apply(options);
        try {
            VirtualMachine vm = platform.vm();
            this.kernel = new GuestKernel(vm, options.guest().kernel(LEVELS, platform.costs()));
            platform.ready(kernel);
            this.guestRun = new GuestRun(options, vm, kernel, programs);
        } catch (RuntimeException e) {
            platform.close();
            throw e;
        }
    }

    /// On the simulated machine; runs nothing yet.
    ///
    /// @throws org.nestwalk.InputException if something cannot be as asked for
    public static VmRun simulated(VmOptions options, ProcessorModel model) {
        return simulated(options, model, open(options));
    }

    /// On the simulated machine, `programs` instead of those that the options name; runs nothing
    /// yet.
    ///
    /// @throws org.nestwalk.InputException if something cannot be as asked for
    public static VmRun simulated(
            VmOptions options, ProcessorModel model, List<GuestProgram> programs) {
        return new VmRun(
                options, VmTarget.SIM, programs, asked -> new SimulatedPlatform(asked, model));
    }

    /// On this host's KVM; runs nothing yet.
    ///
    /// @param node of the host to bind memory and threads to; if empty, and it has several, the
    ///   first that this process may run on and that has the memory, if there is one
    /// @throws org.nestwalk.InputException if there is no KVM, or something cannot be as asked for
    public static VmRun onKvm(VmOptions options, OptionalInt node) {
        return new VmRun(
                options, VmTarget.KVM, open(options), asked -> new KvmPlatform(asked, node));
    }

    /// The programs, once it is clear that there can be such a guest.
    private static List<GuestProgram> open(VmOptions options) {
        var _ = options.settings();
        return options.programs().stream()
                .map(text ->
                        GuestProgram.open(
                                text,
                                LEVELS,
                                options.run().limit(),
                                options.guest().cpus(),
                                options.traces()))
                .toList();
    }

    /// Runs everything to its end, or until `progress` says to stop, and closes. Called once.
    ///
    /// @throws org.nestwalk.InputException if a trace turns out to be damaged, or the machine
    ///   cannot go on
    /// @throws IllegalStateException if memory was lost or has two owners: an error of this program
    public VmResult run(ProgressListener progress) {
        try (this) {
            Optional<DirtyRateMeter> meter = meter();
            Timeline timeline =
                    new Timeline(
                            platform.vm(),
                            kernel,
                            guestRun::made,
                            platform.spacing(guestRun.total()),
                            meter);
            List<BackgroundWork> background = new ArrayList<>(platform.background());
            meter.ifPresent(background::add);
            boolean complete =
                    platform.inPlace(() ->
                            guestRun.run(
                                    background,
                                    timeline,
                                    progress,
                                    () -> countingBegins(timeline)));
            meter.ifPresent(one -> {
                one.end(timeline.now());
                one.close();
            });
            VmResult result =
                    result(
                            complete,
                            timeline,
                            meter.map(DirtyRateMeter::samples).orElse(List.of()));
            platform.verify();
            return result;
        }
    }

    private Optional<DirtyRateMeter> meter() {
        DirtyRateOptions asked = options.run().dirtyRate();
        if (asked == null) {
            return Optional.empty();
        }
        return Optional.of(
                asked.sampled()
                        ? DirtyRateMeter.sampled(
                                platform.vm(), asked.period(), options.run().seed())
                        : DirtyRateMeter.exact(platform.vm(), asked.period()));
    }

    private void countingBegins(Timeline timeline) {
        platform.countingBegins();
        warmup = timeline.now();
    }

    private VmResult result(
            boolean complete, Timeline timeline, List<DirtyRateMeter.Sample> dirtyRate) {
        Account account = guestRun.account();
        return new VmResult(
                options,
                new VmResult.Ran(
                        complete,
                        guestRun.taskResults(complete),
                        guestRun.nonCanonical(),
                        guestRun.identities(),
                        guestRun.warnings(),
                        guestRun.isOfUnknownDependence()),
                new VmResult.Elapsed(
                        timeline.now(), warmup, guestRun.counted(), platform.frequencyGHz()),
                new VmResult.Software(
                        account,
                        guestRun.latencies(account),
                        guestRun.guest(),
                        timeline.moments(),
                        options.host().isNative() ? null : timeline.pages(MOST_LOOKED_AT),
                        dirtyRate),
                platform.simulated(),
                platform.measured());
    }

    @Override
    public void close() {
        if (!closed) {
            closed = true;
            platform.close();
        }
    }
}
