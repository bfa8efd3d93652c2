package org.nestwalk.lab.kvm;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.nestwalk.guest.DisplacedSource;
import org.nestwalk.guest.PlainExecution;
import org.nestwalk.guest.StepSource;
import org.nestwalk.guest.TaskProgram;
import org.nestwalk.guest.kernel.GuestKernel;
import org.nestwalk.guest.kernel.GuestProcess;
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
import org.nestwalk.machine.Capability;
import org.nestwalk.machine.Machine;
import org.nestwalk.machine.SoftwareCosts;
import org.nestwalk.machine.VirtualMachine;
import org.nestwalk.machine.VmSettings;
import org.nestwalk.machine.state.VmState;
import org.nestwalk.random.Xoshiro256;

/// Guests saved in mid-run on one machine go on on another, and where they were, too: both as one
/// does that was never saved.
///
/// These faults, planted in the code one at a time, each fail tests here: a task's position off by
/// one step (its checksum), an area lost, frames lost, a count of sharers one too low or too high,
/// and the CR3 of another CPU or none saved (each refused when the kernel is restored), accessed
/// and dirty flags lost from tables, and a page lost (each seen in the memory of the restored
/// guest), files lost (frames that nobody gives back), and a waiting task or the last process
/// number lost (each seen in the state when it is saved again). `SavedStateFaultsTest` in `engine`
/// plants most of them in states.
class SavedStateTest {
    private static final int SEEDS = Boolean.getBoolean("nestwalk.long") ? 100 : 8;
    private static final long MEMORY = 96L << 20;
    private static final SoftwareCosts COSTS = SoftwareCosts.assumed(1000);

    /// From where to where.
    enum Direction {
        WITHIN_THE_SIMULATION(false, false),
        WITHIN_KVM(true, true),
        TO_KVM(false, true),
        FROM_KVM(true, false);

        private final boolean fromKvm;
        private final boolean toKvm;

        Direction(boolean fromKvm, boolean toKvm) {
            this.fromKvm = fromKvm;
            this.toKvm = toKvm;
        }

        private static List<Kind> kinds(boolean onKvm) {
            return onKvm ? Kind.ON_KVM : Kind.SIMULATED;
        }

        Kind from(int seed) {
            return kinds(fromKvm).get(seed % kinds(fromKvm).size());
        }

        Kind to(int seed) {
            return kinds(toKvm).get(seed / kinds(fromKvm).size() % kinds(toKvm).size());
        }
    }

    static void assumePresent(Direction direction) {
        Path device = Path.of("/dev/kvm");
        assumeTrue(
                direction == Direction.WITHIN_THE_SIMULATION
                        || (Files.isReadable(device) && Files.isWritable(device)),
                "this host has no KVM");
    }

    private static VirtualMachine create(Machine machine, Kind kind, long bytes, int cpus) {
        assertThat(machine.capabilities()).contains(Capability.SAVED_STATE);
        return machine.create(new VmSettings("saved", bytes, cpus, kind.mode));
    }

    @ParameterizedTest
    @EnumSource
    void guestsWithAHistoryGoOn(Direction direction) {
        assumePresent(direction);
        for (int seed = 1; seed <= SEEDS; seed++) {
            randomGuest(direction, seed);
        }
    }

    private static void randomGuest(Direction direction, int seed) {
        Kind from = direction.from(seed);
        Kind to = direction.to(seed);
        String what = "seed %d from %s to %s".formatted(seed, from, to);
        int cpus = 1 + seed % 3;
        int until = 1 + seed / 2 % (RandomGuest.INTERVALS - 1);
        try (Machine plain = Kind.EPT.open(RandomGuest.MEMORY);
                Machine source = from.open(RandomGuest.MEMORY);
                Machine target = to.open(RandomGuest.MEMORY)) {
            RandomGuest unsaved =
                    new RandomGuest(
                            create(plain, Kind.EPT, RandomGuest.MEMORY, cpus), seed, true, null);
            RandomGuest guest =
                    new RandomGuest(
                            create(source, from, RandomGuest.MEMORY, cpus), seed, true, null);
            unsaved.run(until);
            guest.run(until);
            GuestState state = GuestState.save(guest.kernel());
            RandomGuest copy =
                    new RandomGuest(
                            guest,
                            state,
                            create(target, to, RandomGuest.MEMORY, cpus),
                            to.backing());
            GuestState again = GuestState.save(copy.kernel());
            assertThat(again.kernel())
                    .as(what)
                    .usingRecursiveComparison()
                    .ignoringFields("own.random")
                    .isEqualTo(state.kernel());
            assertThat(again.kernel().own().random()).isNotEqualTo(state.kernel().own().random());
            assertThat(again.vm().memory().holdsSameAs(state.vm().memory())).as(what).isTrue();
            List<List<String>> expected = results(unsaved);
            assertThat(results(guest)).as(what + ", source").isEqualTo(expected);
            assertThat(results(copy)).as(what + ", copy").isEqualTo(expected);
            VmState here = GuestState.save(guest.kernel()).vm();
            GuestState there = GuestState.save(copy.kernel());
            assertThat(there.vm().memory().holdsSameAs(here.memory()))
                    .as(what + ", memory at the end")
                    .isTrue();
            copy.kernel().close();
            assertThat(copy.kernel().isAllFree()).as(what).isTrue();
        }
    }

    private static List<List<String>> results(RandomGuest guest) {
        return guest.run(RandomGuest.INTERVALS).stream()
                .map(RandomGuest.Interval::results)
                .toList();
    }

    @ParameterizedTest
    @EnumSource
    void programsEndAsOnPlainMemory(Direction direction) {
        assumePresent(direction);
        for (int seed = 0; seed < SEEDS; seed++) {
            programs(direction, seed);
        }
    }

    private static void programs(Direction direction, int seed) {
        Xoshiro256 random = new Xoshiro256(seed);
        Kind from = direction.from(seed);
        Kind to = direction.to(seed);
        int cpus = 1 + seed % 3;
        List<String> names =
                Programs.names().stream().filter(name -> !name.startsWith("yardstick")).toList();
        String name = names.get(seed % names.size());
        Program program =
                ProgramSpec.parse(
                        "%s:footprint=%s,accesses=30k,seed=%d"
                                .formatted(name, name.equals("xsbench") ? "16MiB" : "3MiB", seed));
        PagePolicy pages = seed % 2 == 0 ? PagePolicy.SMALL : PagePolicy.TRANSPARENT_HUGE;
        try (Machine source = from.open(MEMORY);
                Machine target = to.open(MEMORY)) {
            VirtualMachine vm = create(source, from, MEMORY, cpus);
            Hypervisor _ = Hypervisor.start(vm, from.backing());
            GuestKernel kernel = new GuestKernel(vm, KernelSettings.of(pages, COSTS));
            start(kernel, program, cpus, seed % 4 < 2);
            for (int cpu = 0; cpu < cpus; cpu++) {
                kernel.slice(cpu, 1 + (int) random.nextBelow(40_000));
            }
            GuestState state = GuestState.save(kernel);
            VirtualMachine other = create(target, to, MEMORY, cpus);
            Hypervisor _ = Hypervisor.start(other, to.backing());
            GuestKernel copy = state.restore(other, ProgramSpec::open);
            for (GuestKernel each : List.of(copy, kernel)) {
                List<Task> tasks = new ArrayList<>();
                each.processes().forEach(process -> tasks.addAll(process.tasks()));
                for (int cpu = 0; cpu < cpus; cpu++) {
                    while (each.slice(cpu, 7_000) instanceof Slice.More) {
                        // To the end.
                    }
                }
                long expected = PlainExecution.of(program.steps()).checksum();
                assertThat(tasks)
                        .as("seed %d, %s from %s to %s", seed, program.spec(), from, to)
                        .allMatch(task ->
                                task.state() == Task.State.FINISHED
                                        && task.made() == program.accesses()
                                        && task.checksum() == expected);
                each.close();
                assertThat(each.isAllFree()).isTrue();
            }
        }
    }

    /// Programs that make system calls of every kind, two to a process.
    @ParameterizedTest
    @EnumSource
    void programsWithSystemCallsEndAsOnPlainMemory(Direction direction) {
        assumePresent(direction);
        for (int seed = 0; seed < SEEDS; seed++) {
            Kind from = direction.from(seed);
            Kind to = direction.to(seed);
            PagePolicy pages = seed % 2 == 0 ? PagePolicy.SMALL : PagePolicy.TRANSPARENT_HUGE;
            int cpus = 1 + seed % 2;
            try (Machine source = from.open(RandomGuest.MEMORY);
                    Machine target = to.open(RandomGuest.MEMORY)) {
                VirtualMachine vm = create(source, from, RandomGuest.MEMORY, cpus);
                Hypervisor _ = Hypervisor.start(vm, from.backing());
                GuestKernel kernel = new GuestKernel(vm, KernelSettings.of(pages, COSTS));
                GuestProcess process = kernel.start(0, "calls", List.of());
                // Files are the guest's: of two programs only one may use them.
                kernel.run(process, RandomSteps.program(seed, 0), RandomSteps::open, cpus - 1);
                TaskProgram other = TaskProgram.of("arena:footprint=1MiB,arena=64KiB,accesses=9k");
                kernel.run(process, other, ProgramSpec::open, 0);
                for (int turn = 0; turn < 2 + seed % 5; turn++) {
                    for (int cpu = 0; cpu < cpus; cpu++) {
                        kernel.slice(cpu, 700);
                    }
                }
                VirtualMachine there = create(target, to, RandomGuest.MEMORY, cpus);
                Hypervisor _ = Hypervisor.start(there, to.backing());
                GuestState state = GuestState.save(kernel);
                GuestKernel copy = state.restore(there, SavedStateTest::open);
                long expected = PlainExecution.of(new RandomSteps(seed)).checksum();
                long ofArena = PlainExecution.of(ProgramSpec.open(other)).checksum();
                for (GuestKernel each : List.of(copy, kernel)) {
                    List<Task> tasks = each.processes().getFirst().tasks();
                    for (int cpu = 0; cpu < cpus; cpu++) {
                        while (each.slice(cpu, 700) instanceof Slice.More) {
                            // To the end.
                        }
                    }
                    assertThat(tasks)
                            .as("seed %d from %s to %s", seed, from, to)
                            .allMatch(task -> task.state() == Task.State.FINISHED)
                            .extracting(Task::checksum)
                            .containsExactly(expected, ofArena);
                    each.close();
                    assertThat(each.isAllFree()).isTrue();
                }
            }
        }
    }

    private static StepSource open(TaskProgram program) {
        return program.text().startsWith("arena")
                ? ProgramSpec.open(program)
                : RandomSteps.open(program);
    }

    /// A task on each CPU and a second one on the first: of one process, or each of its own.
    private static void start(GuestKernel kernel, Program program, int cpus, boolean threads) {
        Vma first = Vma.around(program.base(), program.footprint());
        long stride = first.end() - first.start();
        GuestProcess process = null;
        for (int i = 0; i <= cpus; i++) {
            if (process == null || !threads) {
                process = kernel.start(0, "p" + i, areas(program, threads ? cpus : 0));
            }
            TaskProgram task =
                    new TaskProgram(program.spec(), threads ? i * stride : 0, Long.MAX_VALUE);
            kernel.run(process, task, ProgramSpec::open, i % cpus);
        }
    }

    private static List<Vma> areas(Program program, int last) {
        List<Vma> areas = new ArrayList<>();
        Vma first = Vma.around(program.base(), program.footprint());
        long stride = first.end() - first.start();
        for (int i = 0; i <= last && !program.makesCalls(); i++) {
            areas.add(new Vma(first.start() + i * stride, first.end() + i * stride, Vma.ALL));
        }
        return areas;
    }

    @Test
    void displacedStreamsHaveTheChecksumOfTheirOriginal() {
        Program program = ProgramSpec.parse("gups:footprint=4MiB,accesses=3k");
        assertThat(PlainExecution.of(new DisplacedSource(program.steps(), 1 << 21)).checksum())
                .isEqualTo(PlainExecution.of(program.steps()).checksum());
    }
}
