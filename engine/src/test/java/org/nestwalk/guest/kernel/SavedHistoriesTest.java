package org.nestwalk.guest.kernel;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.nestwalk.Effort;
import org.nestwalk.guest.PlainExecution;
import org.nestwalk.guest.StepSource;
import org.nestwalk.guest.TaskProgram;
import org.nestwalk.guest.program.ProgramSpec;
import org.nestwalk.machine.VirtualMachine;
import org.nestwalk.random.Xoshiro256;

/// Guests that have forked, ended processes, written files and been left in the middle of what they
/// did go on from a state of any moment.
class SavedHistoriesTest {
    private static final long BYTES = 64 * Guest.MIB;
    private static final int CPUS = 2;
    private static final String CALLS = "calls:";
    private static final int MOMENTS = Math.max(4, Effort.of(12, 60));

    /// Each with a file of its own.
    private static StepSource steps(int seed) {
        return new FileSteps(seed, 60, seed, 1, 8);
    }

    private static StepSource open(TaskProgram program) {
        return program.text().startsWith(CALLS)
                ? steps(Integer.parseInt(program.text().substring(CALLS.length())))
                : ProgramSpec.open(program);
    }

    private static Task start(GuestKernel kernel, String text, int cpu) {
        List<Vma> areas =
                text.startsWith(CALLS)
                        ? List.of(Vma.around(FileSteps.BASE, 64 * 4096))
                        : List.of(
                                Vma.around(
                                        Guest.program(text).base(),
                                        Guest.program(text).footprint()));
        return kernel.run(
                kernel.start(cpu, "p", areas), TaskProgram.of(text), SavedHistoriesTest::open, cpu);
    }

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4, 5, 6})
    void guestsGoOnFromAnyMomentAndTheirStateIsAgainTheSame(long seed) {
        Xoshiro256 random = new Xoshiro256(seed);
        PagePolicy pages = seed % 2 == 0 ? PagePolicy.SMALL : PagePolicy.TRANSPARENT_HUGE;
        try (Guest guest = new Guest(Machines.NESTED, BYTES, CPUS, Guest.settings(pages))) {
            List<Task> tasks = new ArrayList<>();
            tasks.add(start(guest.kernel, "zipf:footprint=3MiB,accesses=20k,seed=" + seed, 0));
            tasks.add(start(guest.kernel, CALLS + seed, 1));
            tasks.add(start(guest.kernel, "gups:footprint=5MiB,accesses=9k", 1));
            for (int moment = 0; moment < MOMENTS; moment++) {
                goOn(guest, tasks, random);
                GuestState state = GuestState.save(guest.kernel);
                GuestKernel copy = copied(state);
                assertThat(GuestState.save(copy).kernel())
                        .as("seed %d, moment %d", seed, moment)
                        .usingRecursiveComparison()
                        .ignoringFields("own.random")
                        .isEqualTo(state.kernel());
                assertThat(copy.random()).isNotEqualTo(guest.kernel.random());
                assertEndsAsOnPlainMemory(copy);
                copy.close();
                assertThat(copy.isAllFree()).isTrue();
            }
            assertEndsAsOnPlainMemory(guest.kernel);
        }
    }

    private static GuestKernel copied(GuestState state) {
        VirtualMachine other = Machines.NESTED.create(BYTES, CPUS).vm();
        return state.restore(other, SavedHistoriesTest::open);
    }

    /// Something more happens.
    private static void goOn(Guest guest, List<Task> tasks, Xoshiro256 random) {
        Task task = tasks.get((int) random.nextBelow(tasks.size()));
        boolean goesOn = task.state() == Task.State.READY;
        int cpu = (int) random.nextBelow(CPUS);
        switch ((int) random.nextBelow(8)) {
            case 0, 1, 2 -> {
                // Some states are of tasks that have a system call to make next.
                if (goesOn && !isCalls(task)) {
                    tasks.add(guest.kernel.fork(cpu, task, open(program(task)), cpu));
                }
            }
            case 3 -> {
                if (goesOn && tasks.size() > 2 && !isCalls(task)) {
                    guest.kernel.exit(cpu, task.process());
                    tasks.remove(task);
                }
            }
            case 4 -> guest.kernel.tick(cpu, random.nextBelow(1L << 40));
            default -> guest.slice(cpu, 1 + (int) random.nextBelow(900));
        }
    }

    private static TaskProgram program(Task task) {
        return Objects.requireNonNull(task.program());
    }

    private static boolean isCalls(Task task) {
        return program(task).text().startsWith(CALLS);
    }

    private static void assertEndsAsOnPlainMemory(GuestKernel kernel) {
        List<Task> tasks =
                kernel.processes().stream().flatMap(process -> process.tasks().stream()).toList();
        for (int cpu = 0; cpu < CPUS; cpu++) {
            while (kernel.slice(cpu, 5_000) instanceof Slice.More) {
                // To the end.
            }
        }
        for (Task task : tasks) {
            TaskProgram program = program(task);
            PlainExecution plain = PlainExecution.of(open(program));
            assertThat(task.state()).isEqualTo(Task.State.FINISHED);
            assertThat(task.cursor()).isEqualTo(plain.cursor());
            assertThat(task.checksum()).as(program.text()).isEqualTo(plain.checksum());
        }
    }
}
