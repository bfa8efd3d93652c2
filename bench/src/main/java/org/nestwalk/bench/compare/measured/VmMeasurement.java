package org.nestwalk.bench.compare.measured;

import java.util.List;
import org.nestwalk.bench.Streams;
import org.nestwalk.bits.PageSize;
import org.nestwalk.guest.AccessSource;
import org.nestwalk.guest.kernel.GuestKernel;
import org.nestwalk.guest.kernel.KernelSettings;
import org.nestwalk.guest.kernel.PagePolicy;
import org.nestwalk.guest.kernel.Slice;
import org.nestwalk.guest.kernel.Vma;
import org.nestwalk.hypervisor.FirstTouch;
import org.nestwalk.hypervisor.Hypervisor;
import org.nestwalk.lab.machines.Machines;
import org.nestwalk.machine.SoftwareCosts;
import org.nestwalk.machine.TranslationMode;
import org.nestwalk.machine.VirtualMachine;
import org.nestwalk.machine.VmSettings;
import org.nestwalk.machine.simulated.SimulatedMachine;
import org.nestwalk.machine.simulated.SimulatedSettings;
import org.nestwalk.mmu.Mmu;
import org.nestwalk.mmu.model.ProcessorModel;

/// What a virtual machine costs beside the engine when nothing exits: guest kernel's scheduler,
/// virtual CPU, locks. Measures, in turns, a task in a virtual machine whose memory is all mapped
/// and backed, and the engine alone over the same accesses, from the same source, on ready-made
/// tables.
public final class VmMeasurement {
    private static final ProcessorModel MACHINE = Machines.named("yardstick").model();
    private static final int BLOCK = 1 << 15;
    private static final int QUANTUM = 1 << 14;
    private static final int PAIRS = 5;
    private static final long MEMORY = 2L << 30;

    private VmMeasurement() {}

    /// Measures `args[1]` accesses of the stream `yardstick-args[0]`.
    public static void main(String[] args) {
        long[] accesses = Streams.of("yardstick-" + args[0], Integer.parseInt(args[1]));
        Mmu mmu = Streams.processor(MACHINE, "nested:4K/4K");
        AccessSource source = endless(accesses);
        GuestKernel bare = guest(accesses, false);
        GuestKernel full = guest(accesses, true);
        Values values = new Values();
        for (int pair = -2; pair < PAIRS; pair++) {
            double alone = Clock.ofThread(() -> run(mmu, source, accesses.length));
            double vm = Clock.ofThread(() -> run(bare, accesses.length));
            double contents = Clock.ofThread(() -> run(full, accesses.length));
            if (pair >= 0) {
                values.add("alone", accesses.length / alone / 1e6);
                values.add("vm", accesses.length / vm / 1e6);
                values.add("contents", accesses.length / contents / 1e6);
            }
        }
        System.out.print(values.text());
    }

    /// As a comparison does: blocks from a source.
    private static void run(Mmu mmu, AccessSource source, long accesses) {
        long[] block = new long[BLOCK];
        long done = 0;
        while (done < accesses) {
            int count = source.next(block);
            mmu.run(block, 0, count);
            done += count;
        }
    }

    private static void run(GuestKernel kernel, long accesses) {
        for (long done = 0; done < accesses; done += QUANTUM) {
            Slice slice = kernel.slice(0, (int) Math.min(QUANTUM, accesses - done));
            if (!(slice instanceof Slice.More)) {
                throw new IllegalStateException("the task ended: " + slice);
            }
        }
    }

    private static GuestKernel guest(long[] accesses, boolean contents) {
        SimulatedMachine machine =
                new SimulatedMachine(
                        SimulatedSettings.of(MACHINE, MEMORY + (64 << 20)).withContents(contents));
        VirtualMachine vm =
                machine.create(new VmSettings("guest", MEMORY, 1, TranslationMode.NESTED));
        var _ = Hypervisor.start(vm, new FirstTouch(PageSize.SIZE_4K));
        GuestKernel kernel =
                new GuestKernel(
                        vm,
                        KernelSettings.of(
                                PagePolicy.SMALL,
                                SoftwareCosts.assumed(MACHINE.costs().exitCycles())));
        kernel.run(kernel.start(0, "stream", List.of(Vma.everything())), endless(accesses), 0);
        return kernel;
    }

    private static AccessSource endless(long[] accesses) {
        int[] at = {0};
        return block -> {
            int count = Math.min(block.length, accesses.length - at[0]);
            System.arraycopy(accesses, at[0], block, 0, count);
            at[0] = (at[0] + count) % accesses.length;
            return count;
        };
    }
}
