package org.nestwalk.lab.vm;

import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import org.nestwalk.InputException;
import org.nestwalk.guest.PlainExecution;
import org.nestwalk.guest.kernel.GuestKernel;
import org.nestwalk.guest.kernel.PagingCounts;
import org.nestwalk.guest.kernel.Task;
import org.nestwalk.hypervisor.BackgroundWork;
import org.nestwalk.lab.compare.Dependence;
import org.nestwalk.lab.progress.ProgressListener;
import org.nestwalk.machine.Account;
import org.nestwalk.machine.ExitReason;
import org.nestwalk.machine.VirtualCpu;
import org.nestwalk.machine.VirtualMachine;

/// Programs as tasks of a guest's kernel, one on each virtual CPU, run to their end: what a run has
/// in common on all machines.
final class GuestRun {
    private static final Mark NOTHING =
            new Mark(0, new Account(), new VmResult.Guest(0, 0, 0, 0, 0, 0));

    private final VmOptions options;
    private final VirtualMachine vm;
    private final GuestKernel kernel;
    private final List<GuestProgram> programs;
    private final Latencies latencies = new Latencies();
    private final List<PlacedTask> tasks = new ArrayList<>();
    private Mark start = NOTHING;

    private record PlacedTask(GuestProgram program, int cpu, Task task) {}

    /// Starts the processes of `programs`, and runs nothing yet.
    GuestRun(
            VmOptions options, VirtualMachine vm, GuestKernel kernel, List<GuestProgram> programs) {
        this.options = options;
        this.vm = vm;
        this.kernel = kernel;
        this.programs = List.copyOf(programs);
        vm.observe(latencies);
        for (GuestProgram program : programs) {
            List<Task> copies = program.start(kernel, options.guest().cpus());
            for (int cpu = 0; cpu < copies.size(); cpu++) {
                tasks.add(new PlacedTask(program, cpu, copies.get(cpu)));
            }
        }
    }

    /// What there was when counting began.
    private record Mark(long made, Account account, VmResult.Guest guest) {}

    private Mark mark() {
        return new Mark(made(), accountOfAll(), guestOfAll());
    }

    /// Runs everything to its end, or until `progress` says to stop. Returns whether all came to
    /// their end.
    ///
    /// @param onWarm what else is to be done when the warm-up is over and counting begins
    /// @throws InputException if nothing was left to count
    boolean run(
            List<BackgroundWork> background,
            Timeline timeline,
            ProgressListener progress,
            Runnable onWarm) {
        kernel.observeEnds(process -> timeline.sample());
        timeline.sample();
        Execution execution =
                new Execution(options, kernel, background, timeline, total(), progress, this::made);
        boolean complete =
                execution.run(() -> {
                    start = mark();
                    latencies.reset();
                    onWarm.run();
                });
        if (complete) {
            checkNotEmpty();
        }
        return complete;
    }

    private void checkNotEmpty() {
        for (GuestProgram program : programs) {
            if (program.nonCanonical() > 0 && madeBy(program) == 0) {
                throw new InputException(
                        "nothing to run in %s: all its %d addresses are non-canonical"
                                .formatted(program.name(), program.nonCanonical()));
            }
        }
        long warmup = options.run().warmup();
        if (warmup > 0 && made() == start.made) {
            throw InputException.of(
                    "warmup",
                    "nothing left to count: every virtual CPU ended within its first %d accesses"
                            .formatted(warmup));
        }
    }

    private long madeBy(GuestProgram program) {
        return tasks.stream()
                .filter(placed -> placed.program.equals(program))
                .mapToLong(placed -> placed.task.made() + (placed.task.failure() == null ? 0 : 1))
                .sum();
    }

    /// How many accesses all tasks will make, if that is known.
    OptionalLong total() {
        long sum = 0;
        for (GuestProgram program : programs) {
            if (program.accesses().isEmpty()) {
                return OptionalLong.empty();
            }
            sum += program.accesses().getAsLong() * options.guest().cpus();
        }
        return OptionalLong.of(sum);
    }

    /// How many they have made, the warm-up included.
    long made() {
        return tasks.stream().mapToLong(placed -> placed.task.made()).sum();
    }

    /// How many they have made since counting began.
    long counted() {
        return made() - start.made;
    }

    /// How many the tasks of a CPU have made.
    private long made(int cpu) {
        return tasks.stream()
                .filter(placed -> placed.cpu == cpu)
                .mapToLong(placed -> placed.task.made())
                .sum();
    }

    /// Accesses that a copy of each program has left out because their addresses are not canonical,
    /// all programs together.
    long nonCanonical() {
        return programs.stream().mapToLong(GuestProgram::nonCanonical).sum();
    }

    /// Exits and software since counting began, all CPUs together.
    Account account() {
        return accountOfAll().since(start.account);
    }

    private Account accountOfAll() {
        Account account = new Account();
        for (VirtualCpu cpu : vm.cpus()) {
            account.add(cpu.account());
        }
        return account;
    }

    /// How long exits took, by reason.
    Map<ExitReason, VmResult.Percentiles> latencies(Account account) {
        Map<ExitReason, VmResult.Percentiles> percentiles = new EnumMap<>(ExitReason.class);
        for (ExitReason reason : ExitReason.values()) {
            if (account.exits(reason) > 0) {
                percentiles.put(reason, latencies.of(reason));
            }
        }
        return percentiles;
    }

    /// What came of each program on each CPU.
    ///
    /// @param complete whether all came to their end
    List<VmResult.TaskResult> taskResults(boolean complete) {
        List<VmResult.TaskResult> results = new ArrayList<>();
        for (GuestProgram program : programs) {
            Long expected =
                    options.run().contents() && complete
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

    /// What the guest's kernel did since counting began.
    VmResult.Guest guest() {
        return guestOfAll().since(start.guest);
    }

    private VmResult.Guest guestOfAll() {
        PagingCounts counts = kernel.counts();
        return new VmResult.Guest(
                counts.pageFaults(),
                counts.firstTouches(),
                counts.largeTouches(),
                counts.largeFallbacks(),
                counts.collapses(),
                counts.copies());
    }

    /// What a reader of results should know of what ran.
    List<String> warnings() {
        return programs.stream()
                .flatMap(program -> program.warnings().stream().map(w -> program.name() + ": " + w))
                .distinct()
                .toList();
    }

    /// Whether nobody says of one of them which accesses depend on which.
    boolean isOfUnknownDependence() {
        return programs.stream().anyMatch(program -> program.dependence() == Dependence.UNKNOWN);
    }

    /// What identifies the contents of what runs.
    List<String> identities() {
        return programs.stream().map(GuestProgram::identity).toList();
    }
}
