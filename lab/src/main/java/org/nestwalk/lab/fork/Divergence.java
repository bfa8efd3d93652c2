package org.nestwalk.lab.fork;

import java.util.ArrayList;
import java.util.List;
import org.nestwalk.guest.PlainExecution;
import org.nestwalk.guest.StepSource;
import org.nestwalk.guest.TaskProgram;
import org.nestwalk.guest.kernel.GuestState;
import org.nestwalk.guest.kernel.KernelState;
import org.nestwalk.guest.kernel.KernelState.TaskState;
import org.nestwalk.guest.kernel.Task;
import org.nestwalk.guest.program.ProgramSpec;
import org.nestwalk.lab.vm.GuestProgram;
import org.nestwalk.machine.Checksum;
import org.nestwalk.machine.CpuState;
import org.nestwalk.machine.state.VmState;
import org.nestwalk.memory.Longs;

/// What children do once they are forked, and what each guest has to end with: all go on with the
/// parent's program, or each begins it anew with a seed of its own. Each CPU has a task.
public final class Divergence {
    private static final String SEED = "(?<=[:,]seed=)-?\\d+";

    private final GuestProgram program;
    private final GuestState state;
    private final boolean seeds;
    private final List<TaskState> tasks;
    private List<PlainExecution> before = List.of();
    private List<Long> whole = List.of();

    /// What comes of the guest that was frozen in `state`.
    ///
    /// @param state of the parent when it was frozen, whose tasks are copies of `program`
    /// @param seeds whether each child has a seed of its own
    public Divergence(GuestProgram program, GuestState state, boolean seeds) {
        this.program = program;
        this.state = state;
        this.seeds = seeds;
        this.tasks =
                state.kernel().processes().alive().stream()
                        .flatMap(process -> process.tasks().stream())
                        .toList();
    }

    /// The state in which child number `child`, from 1, begins.
    public GuestState stateOf(int child) {
        if (!seeds) {
            return state;
        }
        KernelState kernel = state.kernel();
        List<KernelState.ProcessState> changed =
                kernel.processes().alive().stream().map(each -> anew(each, child)).toList();
        return new GuestState(
                anew(state.vm()),
                new KernelState(
                        kernel.settings(),
                        kernel.frames(),
                        new KernelState.ProcessesState(
                                changed, kernel.processes().lastId(), kernel.processes().ended()),
                        kernel.files(),
                        kernel.cpus(),
                        kernel.own()));
    }

    private static KernelState.ProcessState anew(KernelState.ProcessState process, int child) {
        return new KernelState.ProcessState(
                process.id(),
                process.name(),
                process.space(),
                process.tasks().stream()
                        .map(task ->
                                new TaskState(
                                        seeded(task.program(), child),
                                        new KernelState.Progress(0, 0, 0, Checksum.START),
                                        Longs.NONE,
                                        Task.State.READY,
                                        null))
                        .toList());
    }

    /// With no access made on any CPU.
    private static VmState anew(VmState vm) {
        List<VmState.SavedCpu> cpus =
                vm.cpus().stream()
                        .map(cpu ->
                                new VmState.SavedCpu(
                                        new CpuState(cpu.state().cr3(), 0, Checksum.START),
                                        cpu.account()))
                        .toList();
        return new VmState(vm.settings(), cpus, vm.memory(), vm.background());
    }

    private static TaskProgram seeded(TaskProgram parents, int child) {
        String spec = parents.text();
        long own = Long.parseLong(spec.replaceFirst(".*[:,]seed=(-?\\d+).*", "$1")) + child;
        return new TaskProgram(
                spec.replaceFirst(SEED, Long.toString(own)), parents.offset(), Long.MAX_VALUE);
    }

    /// Opens what guests run.
    public StepSource open(TaskProgram task) {
        return task.text().equals(program.task(0).text())
                ? program.open(task)
                : ProgramSpec.open(task);
    }

    /// The checksums that a guest's tasks have to end with.
    ///
    /// @param child its number; 0 for the parent
    public List<Long> expected(int child) {
        if (!seeds || child == 0) {
            if (whole.isEmpty()) {
                whole =
                        tasks.stream()
                                .map(task -> PlainExecution.of(open(task.program())).checksum())
                                .toList();
            }
            return whole;
        }
        if (before.isEmpty()) {
            before =
                    tasks.stream()
                            .map(task ->
                                    PlainExecution.of(
                                            open(task.program()), task.progress().steps()))
                            .toList();
        }
        List<Long> expected = new ArrayList<>();
        for (int i = 0; i < tasks.size(); i++) {
            StepSource anew = ProgramSpec.open(seeded(tasks.get(i).program(), child));
            expected.add(before.get(i).then(anew).checksum());
        }
        return expected;
    }
}
