package org.nestwalk.lab.migration;

import java.util.List;
import org.nestwalk.bits.PageSize;
import org.nestwalk.guest.TaskProgram;
import org.nestwalk.guest.kernel.GuestKernel;
import org.nestwalk.guest.kernel.KernelSettings;
import org.nestwalk.guest.kernel.PagePolicy;
import org.nestwalk.guest.kernel.Vma;
import org.nestwalk.guest.program.Program;
import org.nestwalk.guest.program.ProgramSpec;
import org.nestwalk.hypervisor.FirstTouch;
import org.nestwalk.hypervisor.Hypervisor;
import org.nestwalk.hypervisor.migration.MigrationOutcome;
import org.nestwalk.hypervisor.migration.live.Patience;
import org.nestwalk.hypervisor.migration.live.SourceSide;
import org.nestwalk.hypervisor.migration.live.TargetSide;
import org.nestwalk.hypervisor.migration.live.VirtualDrive;
import org.nestwalk.hypervisor.migration.live.link.LinkSettings;
import org.nestwalk.hypervisor.migration.live.link.SimulatedNetwork;
import org.nestwalk.hypervisor.migration.live.link.VirtualTime;
import org.nestwalk.hypervisor.migration.policy.PostCopyAfter;
import org.nestwalk.machine.DirtySource;
import org.nestwalk.machine.SoftwareCosts;
import org.nestwalk.machine.TranslationMode;
import org.nestwalk.machine.VirtualMachine;
import org.nestwalk.machine.VmSettings;
import org.nestwalk.machine.simulated.SimulatedMachine;
import org.nestwalk.machine.simulated.SimulatedSettings;
import org.nestwalk.mmu.model.ProcessorModel;

/// Moves small guests within this process, in virtual time, so that what stands between a guest's
/// last step here and its first there has been loaded and compiled before a real guest has to wait
/// for it: the first state that a process writes as JSON takes it hundreds of milliseconds.
public final class Rehearsal {
    private static final long MEMORY = 4L << 20;
    private static final Program PROGRAM =
            ProgramSpec.parse("gups:footprint=64KiB,accesses=2k,seed=1");

    private Rehearsal() {}

    /// Moves a guest so many times.
    ///
    /// @param model of the processors of both machines; any
    public static void run(ProcessorModel model, int times) {
        for (int i = 0; i < times; i++) {
            move(model);
        }
    }

    private static void move(ProcessorModel model) {
        // A guest that waits for a page keeps its machine from everybody else, its source too.
        try (SimulatedMachine machine =
                        new SimulatedMachine(SimulatedSettings.of(model, 4 * MEMORY));
                SimulatedMachine destination =
                        new SimulatedMachine(SimulatedSettings.of(model, 4 * MEMORY))) {
            VirtualMachine vm =
                    machine.create(
                            new VmSettings("a rehearsal", MEMORY, 1, TranslationMode.NESTED));
            Hypervisor _ = Hypervisor.start(vm, new FirstTouch(PageSize.SIZE_4K));
            GuestKernel kernel =
                    new GuestKernel(vm, KernelSettings.of(PagePolicy.SMALL, SoftwareCosts.NONE));
            List<Vma> areas = List.of(Vma.around(PROGRAM.base(), PROGRAM.footprint()));
            var _ =
                    kernel.run(
                            kernel.start(0, "rehearsal", areas),
                            TaskProgram.of(PROGRAM.spec()),
                            ProgramSpec::open,
                            0);
            var _ = kernel.slice(0, 200);
            VirtualTime time = new VirtualTime();
            SimulatedNetwork network =
                    new SimulatedNetwork(time, LinkSettings.of(1e9, 1_000), List.of(), _ -> {});
            MachineHost host =
                    new MachineHost(
                            destination,
                            TranslationMode.NESTED,
                            new FirstTouch(PageSize.SIZE_4K),
                            ProgramSpec::open,
                            (there, guest) -> new VirtualDrive(there, guest, time::now));
            try (VirtualDrive drive = new VirtualDrive(vm, new KernelGuest(kernel), time::now);
                    TargetSide target = new TargetSide(host, network, time::now, Patience.USUAL)) {
                drive.start();
                SourceSide source =
                        new SourceSide(
                                drive,
                                DirtySource.TRAPS,
                                network,
                                time::now,
                                Patience.USUAL,
                                1,
                                machine.name());
                time.run(
                        () -> {
                            MigrationOutcome outcome = source.run(new PostCopyAfter(1), _ -> true);
                            if (!outcome.succeeded()) {
                                throw new IllegalStateException(
                                        "a rehearsal has failed: " + outcome.failure());
                            }
                        },
                        target::run);
            }
        }
    }
}
