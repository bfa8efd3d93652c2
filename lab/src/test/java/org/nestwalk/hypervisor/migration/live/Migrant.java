package org.nestwalk.hypervisor.migration.live;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Consumer;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;
import org.nestwalk.bits.PageSize;
import org.nestwalk.guest.PlainExecution;
import org.nestwalk.guest.TaskProgram;
import org.nestwalk.guest.kernel.GuestKernel;
import org.nestwalk.guest.kernel.KernelSettings;
import org.nestwalk.guest.kernel.PagePolicy;
import org.nestwalk.guest.kernel.Task;
import org.nestwalk.guest.kernel.Vma;
import org.nestwalk.guest.program.Program;
import org.nestwalk.guest.program.ProgramSpec;
import org.nestwalk.hypervisor.FirstTouch;
import org.nestwalk.hypervisor.Hypervisor;
import org.nestwalk.hypervisor.migration.MigrationOutcome;
import org.nestwalk.hypervisor.migration.MigrationPolicy;
import org.nestwalk.hypervisor.migration.MigrationProgress;
import org.nestwalk.hypervisor.migration.live.link.Cut;
import org.nestwalk.hypervisor.migration.live.link.LinkSettings;
import org.nestwalk.hypervisor.migration.live.link.SimulatedNetwork;
import org.nestwalk.hypervisor.migration.live.link.VirtualTime;
import org.nestwalk.lab.TestMachines;
import org.nestwalk.lab.migration.KernelGuest;
import org.nestwalk.lab.migration.MachineHost;
import org.nestwalk.machine.DirtySource;
import org.nestwalk.machine.GuestMemory;
import org.nestwalk.machine.Machine;
import org.nestwalk.machine.SoftwareCosts;
import org.nestwalk.machine.TranslationMode;
import org.nestwalk.machine.VirtualMachine;
import org.nestwalk.machine.VmSettings;
import org.nestwalk.machine.simulated.SimulatedMachine;
import org.nestwalk.machine.simulated.SimulatedSettings;
import org.nestwalk.memory.PageSet;
import org.nestwalk.mmu.model.CostModel;
import org.nestwalk.mmu.model.ProcessorModel;
import org.nestwalk.mmu.model.ProcessorModel.SecondLevelFormat;

/// A guest with a program on each CPU that migrates from one simulated machine to another over a
/// link in virtual time, watched at both ends.
final class Migrant implements AutoCloseable {
    /// What a migration is tried with.
    ///
    /// @param text of the program
    /// @param before accesses of each CPU before it begins
    record Setting(
            String text,
            int cpus,
            int before,
            SecondLevelFormat from,
            SecondLevelFormat to,
            TranslationMode mode,
            PageSize backing,
            PagePolicy pages,
            @Nullable DirtySource source,
            LinkSettings link,
            List<Cut> cuts,
            long seed) {
        static Setting of(String text, LinkSettings link) {
            return new Setting(
                    text,
                    1,
                    500,
                    SecondLevelFormat.EPT_AD,
                    SecondLevelFormat.EPT_AD,
                    TranslationMode.NESTED,
                    PageSize.SIZE_4K,
                    PagePolicy.SMALL,
                    DirtySource.LOG,
                    link,
                    List.of(),
                    0);
        }

        Setting withCuts(Cut... others) {
            return new Setting(
                    text,
                    cpus,
                    before,
                    from,
                    to,
                    mode,
                    backing,
                    pages,
                    source,
                    link,
                    List.of(others),
                    seed);
        }

        Setting withSource(SecondLevelFormat format, DirtySource other) {
            return new Setting(
                    text, cpus, before, format, to, mode, backing, pages, other, link, cuts, seed);
        }

        Setting withCpus(int other) {
            return new Setting(
                    text, other, before, from, to, mode, backing, pages, source, link, cuts, seed);
        }
    }

    static final long MEMORY = 16L << 20;
    static final Patience PATIENCE = new Patience(20_000_000, 1_000_000_000, 50_000, 50_000_000);
    private static final SoftwareCosts COSTS = SoftwareCosts.assumed(1000);

    final VirtualTime time = new VirtualTime();
    final SimulatedNetwork network;
    final SourceSide source;
    final TargetSide target;

    /// All messages that were sent, of both sides, and where both were then.
    final List<Message> messages = new ArrayList<>();

    final List<String> states = new ArrayList<>();
    private final Setting setting;
    private final Program program;
    private final Machine from;
    private final Machine to;
    final VirtualMachine vm;
    final GuestKernel kernel;
    final MachineHost host;
    final VirtualDrive drive;
    private final List<Task> tasks = new ArrayList<>();
    private final List<Task> arrivedTasks = new ArrayList<>();
    private boolean given;
    private boolean targetRan;
    private @Nullable MigrationOutcome outcome;

    Migrant(Setting setting) {
        this(setting, new Sides() {});
    }

    Migrant(Setting setting, Sides sides) {
        this.setting = setting;
        program = ProgramSpec.parse(setting.text());
        from = machine(setting.from());
        to = machine(setting.to());
        vm = from.create(new VmSettings("the guest", MEMORY, setting.cpus(), setting.mode()));
        Hypervisor _ = Hypervisor.start(vm, new FirstTouch(setting.backing()));
        kernel = new GuestKernel(vm, KernelSettings.of(setting.pages(), COSTS));
        for (int cpu = 0; cpu < setting.cpus(); cpu++) {
            tasks.add(
                    kernel.run(
                            kernel.start(cpu, "p" + cpu, areas()),
                            TaskProgram.of(program.spec()),
                            ProgramSpec::open,
                            cpu));
        }
        for (int cpu = 0; cpu < setting.cpus(); cpu++) {
            kernel.slice(cpu, setting.before());
        }
        KernelGuest guest = new KernelGuest(kernel);
        drive =
                new VirtualDrive(
                        vm,
                        new GuestCpus() {
                            @Override
                            public boolean run(int cpu, int quantum) {
                                assertThat(targetRan).as("the target has run it").isFalse();
                                return guest.run(cpu, quantum);
                            }

                            @Override
                            public byte[] state() {
                                return sides.told(guest.state());
                            }
                        },
                        time::now);
        drive.start();
        network = new SimulatedNetwork(time, setting.link(), setting.cuts(), this::observe);
        host =
                new MachineHost(
                        to,
                        TranslationMode.NESTED,
                        new FirstTouch(PageSize.SIZE_4K),
                        ProgramSpec::open,
                        (there, cpus) -> {
                            arrived();
                            return new VirtualDrive(
                                    there,
                                    new GuestCpus() {
                                        @Override
                                        public boolean run(int cpu, int quantum) {
                                            assertThat(given).as("given away").isTrue();
                                            targetRan = true;
                                            return cpus.run(cpu, quantum);
                                        }

                                        @Override
                                        public byte[] state() {
                                            return cpus.state();
                                        }
                                    },
                                    time::now);
                        });
        source = sides.source(drive, tracking(), network, time);
        target =
                sides.target(
                        host,
                        nanoseconds -> {
                            Wire wire = network.accept(nanoseconds);
                            return wire == null ? null : new ChangingWire(wire, sides);
                        },
                        time);
    }

    /// A guest is put together at the target.
    private void arrived() {
        arrivedTasks.clear();
        requireNonNull(host.kernel())
                .processes()
                .forEach(process -> arrivedTasks.addAll(process.tasks()));
    }

    /// A machine whose processors are slow enough that guests still run when rounds end.
    private static Machine machine(SecondLevelFormat format) {
        ProcessorModel model = TestMachines.of(format, List.of(), List.of(), null);
        CostModel slow = model.costs().withAccessCycles(200);
        return new SimulatedMachine(SimulatedSettings.of(model.with(slow), 2 * MEMORY));
    }

    /// The source of written pages that is asked for, or any that the machine has.
    private DirtySource tracking() {
        List<DirtySource> all = vm.dirtySources().stream().sorted().toList();
        return setting.source() != null
                ? setting.source()
                : all.get((int) (setting.seed() % all.size()));
    }

    private List<Vma> areas() {
        return program.makesCalls()
                ? List.of()
                : List.of(Vma.around(program.base(), program.footprint()));
    }

    private void observe(Message message) {
        messages.add(message);
        states.add(source.state() + " " + target.state());
        if (message instanceof Message.Go) {
            given = true;
        }
        if (message instanceof Message.Ready) {
            compare();
        }
    }

    /// Both stand still: what is not missing is the same.
    private void compare() {
        VirtualMachine there = requireNonNull(target.guest()).vm();
        Message.State state =
                messages.stream()
                        .filter(Message.State.class::isInstance)
                        .map(Message.State.class::cast)
                        .findFirst()
                        .orElseThrow();
        PageSet missing = new PageSet();
        for (int i = 0; i < state.missing().length; i += 2) {
            missing.add(state.missing()[i], state.missing()[i + 1]);
        }
        long[] here = new long[GuestMemory.PAGE_WORDS];
        long[] other = new long[GuestMemory.PAGE_WORDS];
        PageSet held = new PageSet();
        vm.secondLevel().backedPages(MEMORY, held);
        there.secondLevel().backedPages(MEMORY, held);
        missing.forEachRange(held::remove);
        held.forEach(gpa -> {
            vm.memory().readPage(gpa, here);
            there.memory().readPage(gpa, other);
            assertThat(Arrays.equals(other, here)).as("page 0x%x", gpa).isTrue();
        });
    }

    private static boolean isOpen(SourceSide side) {
        return side.state() == SourceState.IN_DOUBT || side.state() == SourceState.SERVING;
    }

    /// Migrates to the end of both sides, which try until they know.
    MigrationOutcome run(MigrationPolicy policy) {
        return run(policy, _ -> true);
    }

    /// As the other, with an observer that can end the migration.
    MigrationOutcome run(MigrationPolicy policy, Predicate<MigrationProgress> observer) {
        return run(
                policy,
                observer,
                side -> {
                    for (int i = 0; i < 3 && isOpen(side); i++) {
                        var _ = side.again();
                    }
                });
    }

    /// As the others.
    ///
    /// @param later what the source does when it has tried for so long as it has patience
    MigrationOutcome run(
            MigrationPolicy policy,
            Predicate<MigrationProgress> observer,
            Consumer<SourceSide> later) {
        AtomicBoolean over = new AtomicBoolean();
        time.run(
                () -> {
                    outcome = source.run(policy, observer);
                    later.accept(source);
                    over.set(true);
                },
                () -> {
                    do {
                        target.run();
                    } while (!over.get()
                            && (target.state() == TargetState.READY
                                    || target.state() == TargetState.RUNNING));
                });
        return requireNonNull(outcome);
    }

    /// Runs the guest to its end where it is, and checks that it is at one place, and right there.
    void finish() {
        boolean here = source.state().isOwner();
        boolean there =
                target.state() == TargetState.RUNNING || target.state() == TargetState.SETTLED;
        assertThat(List.of(here, there))
                .as("%s, %s", source.state(), target.state())
                .containsExactlyInAnyOrder(true, false);
        List<Task> ended = new ArrayList<>(tasks);
        if (there) {
            ended.removeIf(task -> task.state() == Task.State.READY);
            ended.addAll(arrivedTasks);
            requireNonNull(target.guest()).awaitEnd();
        } else {
            drive.awaitEnd();
        }
        long expected = PlainExecution.of(program.steps()).checksum();
        assertThat(ended).hasSize(tasks.size());
        for (Task task : ended) {
            assertThat(task.state()).as("%s", task.failure()).isEqualTo(Task.State.FINISHED);
            assertThat(task.made()).isEqualTo(program.accesses());
            assertThat(task.checksum()).isEqualTo(expected);
        }
    }

    double bandwidth() {
        return setting.link().bandwidth();
    }

    /// Whether programs have gone on at the target.
    boolean hasRunThere() {
        return targetRan && !arrivedTasks.isEmpty();
    }

    boolean isThere() {
        return target.state() == TargetState.SETTLED;
    }

    /// How many messages are sent before the first of a kind.
    int before(Class<? extends Message> kind) {
        return (int) messages.stream().takeWhile(message -> !kind.isInstance(message)).count();
    }

    @Override
    public void close() {
        target.close();
        drive.close();
        from.close();
        to.close();
    }
}
