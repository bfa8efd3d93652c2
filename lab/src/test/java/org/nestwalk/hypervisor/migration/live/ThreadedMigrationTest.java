package org.nestwalk.hypervisor.migration.live;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
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
import org.nestwalk.hypervisor.migration.policy.AutoConverge;
import org.nestwalk.hypervisor.migration.policy.FixedRounds;
import org.nestwalk.hypervisor.migration.policy.PostCopyAfter;
import org.nestwalk.kvm.machine.KvmMachine;
import org.nestwalk.kvm.machine.KvmSettings;
import org.nestwalk.lab.TestMachines;
import org.nestwalk.lab.migration.KernelGuest;
import org.nestwalk.lab.migration.MachineHost;
import org.nestwalk.machine.DirtySource;
import org.nestwalk.machine.Machine;
import org.nestwalk.machine.SoftwareCosts;
import org.nestwalk.machine.TranslationMode;
import org.nestwalk.machine.VirtualMachine;
import org.nestwalk.machine.VmSettings;
import org.nestwalk.machine.simulated.SimulatedMachine;
import org.nestwalk.machine.simulated.SimulatedSettings;
import org.nestwalk.mmu.model.ProcessorModel.SecondLevelFormat;

/// Guests that run on threads of their own move while they do, between both kinds of machines in
/// all four directions.
@Timeout(120)
class ThreadedMigrationTest {
    private static final long MEMORY = 32L << 20;
    private static final Patience PATIENCE =
            new Patience(20_000_000_000L, 20_000_000_000L, 2_000_000, 20_000_000_000L);

    private static Machine machine(boolean kvm, KvmSettings settings) {
        return kvm
                ? KvmMachine.open(settings)
                : new SimulatedMachine(
                        SimulatedSettings.of(
                                TestMachines.of(
                                        SecondLevelFormat.EPT_AD, List.of(), List.of(), null),
                                2 * MEMORY));
    }

    private static MigrationPolicy policy(String name) {
        return switch (name) {
            case "rounds" -> new FixedRounds(3, 100, 0);
            case "throttled" -> new AutoConverge(1_000_000, 0.1, 0.2, 0.2, 0.9);
            case "post-copy" -> new PostCopyAfter(0);
            default -> new PostCopyAfter(1);
        };
    }

    @ParameterizedTest
    @CsvSource({
        "false, false, rounds, 2",
        "false, false, throttled, 1",
        "false, false, post-copy, 2",
        "false, true, rounds, 1",
        "false, true, post-copy, 1",
        "true, false, rounds, 2",
        "true, false, hybrid, 1",
        "true, true, rounds, 2",
        "true, true, throttled, 1",
        "true, true, post-copy, 2",
        "true, true, hybrid, 2"
    })
    void guestsMoveWhileTheyRun(boolean fromKvm, boolean toKvm, String name, int cpus)
            throws Exception {
        Path device = Path.of("/dev/kvm");
        assumeTrue(
                !fromKvm && !toKvm || Files.isReadable(device) && Files.isWritable(device),
                "this host has no KVM");
        Program program =
                ProgramSpec.parse(
                        "gups:footprint=4MiB,accesses=%s".formatted(fromKvm ? "8M" : "1M"));
        try (Machine from = machine(fromKvm, KvmSettings.WATCHED);
                Machine to = machine(toKvm, KvmSettings.LAZY)) {
            VirtualMachine vm =
                    from.create(new VmSettings("the guest", MEMORY, cpus, TranslationMode.NESTED));
            Hypervisor _ = Hypervisor.start(vm, new FirstTouch(PageSize.SIZE_4K));
            GuestKernel kernel =
                    new GuestKernel(
                            vm, KernelSettings.of(PagePolicy.SMALL, SoftwareCosts.assumed(1000)));
            List<Task> tasks = start(kernel, program, cpus);
            for (int cpu = 0; cpu < cpus; cpu++) {
                kernel.slice(cpu, 20_000);
            }
            List<Task> arrived = new ArrayList<>();
            List<String> order = new CopyOnWriteArrayList<>();
            List<MachineHost> hosts = new ArrayList<>();
            hosts.add(
                    new MachineHost(
                            to,
                            TranslationMode.NESTED,
                            new FirstTouch(PageSize.SIZE_4K),
                            ProgramSpec::open,
                            (there, guest) -> {
                                requireNonNull(hosts.getFirst().kernel())
                                        .processes()
                                        .forEach(process -> arrived.addAll(process.tasks()));
                                return noting(new ThreadDrive(there, guest), order);
                            }));
            PipeNetwork network =
                    new PipeNetwork(message -> {
                        if (message instanceof Message.Running) {
                            order.add("told");
                        }
                    });
            try (ThreadDrive drive = new ThreadDrive(vm, new KernelGuest(kernel));
                    TargetSide target =
                            new TargetSide(hosts.getFirst(), network, System::nanoTime, PATIENCE)) {
                CompletableFuture<Void> receiving = CompletableFuture.runAsync(target::run);
                drive.start();
                SourceSide source =
                        new SourceSide(
                                drive,
                                fromKvm ? DirtySource.HOST_BITMAP : DirtySource.LOG,
                                network,
                                System::nanoTime,
                                PATIENCE,
                                7,
                                from.name());
                MigrationOutcome outcome = source.run(policy(name), _ -> true);
                assertThat(outcome.failure()).isNull();
                assertThat(source.state()).isEqualTo(SourceState.GONE);
                receiving.join();
                assertThat(target.state()).isEqualTo(TargetState.SETTLED);
                tasks.removeIf(task -> task.state() == Task.State.READY);
                requireNonNull(target.guest()).awaitEnd();
                tasks.addAll(arrived);
                check(tasks, program, cpus);
                assertThat(order)
                        .as("what it asks for makes no sense to a source that does not know of it")
                        .startsWith("told", "started");
            }
        }
    }

    /// The same drive, which notes when it is started.
    private static GuestDrive noting(GuestDrive drive, List<String> order) {
        return (GuestDrive)
                Proxy.newProxyInstance(
                        GuestDrive.class.getClassLoader(),
                        new Class<?>[] {GuestDrive.class},
                        (_, method, arguments) -> {
                            if (method.getName().equals("start")) {
                                order.add("started");
                            }
                            try {
                                return method.invoke(drive, arguments);
                            } catch (InvocationTargetException e) {
                                throw e.getCause();
                            }
                        });
    }

    private static List<Task> start(GuestKernel kernel, Program program, int cpus) {
        List<Task> tasks = new ArrayList<>();
        for (int cpu = 0; cpu < cpus; cpu++) {
            tasks.add(
                    kernel.run(
                            kernel.start(
                                    cpu,
                                    "p" + cpu,
                                    List.of(Vma.around(program.base(), program.footprint()))),
                            TaskProgram.of(program.spec()),
                            ProgramSpec::open,
                            cpu));
        }
        return tasks;
    }

    private static void check(List<Task> tasks, Program program, int cpus) {
        long expected = PlainExecution.of(program.steps()).checksum();
        assertThat(tasks)
                .hasSize(cpus)
                .allMatch(task ->
                        task.state() == Task.State.FINISHED
                                && task.made() == program.accesses()
                                && task.checksum() == expected);
    }
}
