package org.nestwalk.lab.kvm;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletionService;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorCompletionService;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.nestwalk.guest.PlainExecution;
import org.nestwalk.guest.TaskProgram;
import org.nestwalk.guest.kernel.GuestKernel;
import org.nestwalk.guest.kernel.GuestState;
import org.nestwalk.guest.kernel.KernelSettings;
import org.nestwalk.guest.kernel.PagePolicy;
import org.nestwalk.guest.kernel.Slice;
import org.nestwalk.guest.kernel.Task;
import org.nestwalk.guest.kernel.Vma;
import org.nestwalk.guest.program.Program;
import org.nestwalk.guest.program.ProgramSpec;
import org.nestwalk.guest.program.Programs;
import org.nestwalk.hypervisor.Hypervisor;
import org.nestwalk.kvm.sys.FileDescriptor;
import org.nestwalk.kvm.sys.MappedMemory;
import org.nestwalk.machine.Capability;
import org.nestwalk.machine.FrozenMemory;
import org.nestwalk.machine.Machine;
import org.nestwalk.machine.SoftwareCosts;
import org.nestwalk.machine.VirtualMachine;
import org.nestwalk.machine.VmSettings;
import org.nestwalk.machine.simulated.SimulatedMachine;
import org.nestwalk.random.Xoshiro256;

/// Guests frozen in mid-run, forked, and forked again: parent, children and grandchildren write in
/// turns of random order, or side by side, and each ends as the program does on plain memory.
class ForkedGuestsTest {
    private static final int SIMULATED = Boolean.getBoolean("nestwalk.long") ? 1000 : 24;
    private static final int ON_KVM = Boolean.getBoolean("nestwalk.long") ? 200 : 8;
    private static final int GUESTS = 7;
    private static final long MEMORY = 64L << 20;
    private static final SoftwareCosts COSTS = SoftwareCosts.assumed(1000);

    private record Guest(VirtualMachine vm, GuestKernel kernel) {}

    @Test
    void everyForkEndsAsOnPlainMemory() {
        for (int seed = 0; seed < SIMULATED; seed++) {
            family(Kind.SIMULATED.get(seed % Kind.SIMULATED.size()), seed);
        }
    }

    @Test
    void everyForkEndsAsOnPlainMemoryOnKvm() {
        Path device = Path.of("/dev/kvm");
        assumeTrue(Files.isReadable(device) && Files.isWritable(device), "this host has no KVM");
        for (int seed = 0; seed < ON_KVM; seed++) {
            family(Kind.KVM_FORKABLE, seed);
        }
    }

    private static void family(Kind kind, int seed) {
        Xoshiro256 random = new Xoshiro256(seed);
        List<String> names =
                Programs.names().stream().filter(name -> !name.startsWith("yardstick")).toList();
        String name = names.get(seed % names.size());
        Program program =
                ProgramSpec.parse(
                        "%s:footprint=%s,accesses=20k,seed=%d"
                                .formatted(name, name.equals("xsbench") ? "16MiB" : "3MiB", seed));
        int cpus = 1 + seed % 2;
        try (Machine machine = kind.open(3 * MEMORY)) {
            assertThat(machine.capabilities()).contains(Capability.FORK);
            VirtualMachine first =
                    machine.create(new VmSettings("parent", MEMORY, cpus, kind.mode));
            Hypervisor _ = Hypervisor.start(first, kind.backing());
            PagePolicy pages = seed % 3 == 0 ? PagePolicy.TRANSPARENT_HUGE : PagePolicy.SMALL;
            GuestKernel kernel = new GuestKernel(first, KernelSettings.of(pages, COSTS));
            start(kernel, program, cpus);
            Guest parent = new Guest(first, kernel);
            Family family =
                    new Family(
                            kind,
                            cpus,
                            PlainExecution.of(program.steps()).checksum(),
                            "seed %d, %s on %s".formatted(seed, program.spec(), kind));
            if (seed % 4 < 2) {
                family.inTurns(parent, random);
            } else {
                family.onThreads(parent, seed);
            }
            if (machine instanceof SimulatedMachine simulated) {
                simulated.closeAndVerify();
            }
        }
        if (!Kind.SIMULATED.contains(kind)) {
            // Pages are gone with the last descriptor and mapping of the files that they were in.
            assertThat(FileDescriptor.open()).as("descriptors").isZero();
            assertThat(MappedMemory.open()).as("mappings").isZero();
        }
    }

    /// A guest and all that come of it.
    ///
    /// @param expected checksum of each task
    private record Family(Kind kind, int cpus, long expected, String what, AtomicInteger made) {
        Family(Kind kind, int cpus, long expected, String what) {
            this(kind, cpus, expected, what, new AtomicInteger(1));
        }

        void inTurns(Guest parent, Xoshiro256 random) {
            List<Guest> alive = new ArrayList<>(List.of(parent));
            while (!alive.isEmpty()) {
                Guest guest = alive.get((int) random.nextBelow(alive.size()));
                alive.addAll(fork(guest, random));
                if (!goesOn(guest, random)) {
                    alive.remove(guest);
                }
            }
        }

        /// Each guest on a thread of its own, forked there while the others write.
        void onThreads(Guest parent, int seed) {
            try (ExecutorService threads = Executors.newCachedThreadPool()) {
                CompletionService<Boolean> done = new ExecutorCompletionService<>(threads);
                AtomicInteger running = new AtomicInteger();
                begin(parent, seed, done, running);
                while (running.get() > 0) {
                    var _ = done.take().get();
                    running.decrementAndGet();
                }
            } catch (InterruptedException | ExecutionException e) {
                throw new AssertionError(what, e);
            }
        }

        private void begin(
                Guest guest, int seed, CompletionService<Boolean> done, AtomicInteger running) {
            running.incrementAndGet();
            var _ =
                    done.submit(() -> {
                        Xoshiro256 random = new Xoshiro256(seed);
                        boolean more = true;
                        while (more) {
                            for (Guest child : fork(guest, random)) {
                                begin(child, seed + 1000 * made.get(), done, running);
                            }
                            more = goesOn(guest, random);
                        }
                        return true;
                    });
        }

        /// Forks a guest, or does not.
        private List<Guest> fork(Guest guest, Xoshiro256 random) {
            List<Guest> children = new ArrayList<>();
            if (made.get() < GUESTS && random.nextBelow(3) == 0) {
                GuestState state = GuestState.saveCpus(guest.kernel);
                try (FrozenMemory frozen = guest.vm.freeze()) {
                    for (long i = random.nextBelow(2); i >= 0; i--) {
                        VirtualMachine child = frozen.fork("child");
                        Hypervisor _ = Hypervisor.start(child, kind.backing());
                        children.add(new Guest(child, state.resume(child, ProgramSpec::open)));
                    }
                }
                made.addAndGet(children.size());
            }
            return children;
        }

        /// Runs a guest for a while; checks and closes it at its end.
        private boolean goesOn(Guest guest, Xoshiro256 random) {
            boolean more = false;
            for (int cpu = 0; cpu < cpus; cpu++) {
                Slice slice = guest.kernel.slice(cpu, 1 + (int) random.nextBelow(9_000));
                more |= slice instanceof Slice.More;
            }
            if (!more) {
                assertThat(tasks(guest))
                        .as(what)
                        .allMatch(task ->
                                task.state() == Task.State.FINISHED && task.checksum() == expected);
                guest.kernel.close();
                assertThat(guest.kernel.isAllFree()).as(what).isTrue();
                guest.vm.close();
            }
            return more;
        }
    }

    private static List<Task> tasks(Guest guest) {
        List<Task> tasks = new ArrayList<>();
        guest.kernel.processes().forEach(process -> tasks.addAll(process.tasks()));
        return tasks;
    }

    /// A process of its own on each CPU.
    private static void start(GuestKernel kernel, Program program, int cpus) {
        for (int cpu = 0; cpu < cpus; cpu++) {
            List<Vma> areas =
                    program.makesCalls()
                            ? List.of()
                            : List.of(Vma.around(program.base(), program.footprint()));
            TaskProgram task = TaskProgram.of(program.spec());
            kernel.run(kernel.start(cpu, "p" + cpu, areas), task, ProgramSpec::open, cpu);
        }
    }
}
