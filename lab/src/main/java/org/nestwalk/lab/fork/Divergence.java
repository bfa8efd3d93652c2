package org.nestwalk.lab.fork;

import java.util.List;
import org.jspecify.annotations.Nullable;
import org.nestwalk.guest.PlainExecution;
import org.nestwalk.guest.StepSource;
import org.nestwalk.guest.TaskProgram;
import org.nestwalk.guest.kernel.GuestState;
import org.nestwalk.guest.kernel.KernelState;
import org.nestwalk.guest.kernel.Task;
import org.nestwalk.guest.program.ProgramSpec;
import org.nestwalk.lab.vm.GuestProgram;
import org.nestwalk.machine.Checksum;
import org.nestwalk.machine.CpuState;
import org.nestwalk.machine.state.VmState;
import org.nestwalk.memory.Longs;

/// What children do once they are forked, and what each guest has to end with: all go on with the
/// parent's program, or each begins it anew with a seed of its own.
public final class Divergence {
    private static final String SEED = "(?<=[:,]seed=)-?\\d+";

    private final GuestProgram program;
    private final GuestState state;
    private final boolean seeds;
    private PlainExecution plain = new PlainExecution();
    private @Nullable Long whole;

    /// What comes of the guest that was frozen in `state`.
    ///
    /// @param state of the parent when it was frozen, with one task
    /// @param seeds whether each child has a seed of its own
    public Divergence(GuestProgram program, GuestState state, boolean seeds) {
        this.program = program;
        this.state = state;
        this.seeds = seeds;
    }

    /// The state in which child number `child`, from 1, begins.
    public GuestState stateOf(int child) {
        if (!seeds) {
            return state;
        }
        KernelState kernel = state.kernel();
        KernelState.ProcessState process = kernel.processes().alive().getFirst();
        KernelState.ProcessState changed =
                new KernelState.ProcessState(
                        process.id(),
                        process.name(),
                        process.space(),
                        List.of(
                                new KernelState.TaskState(
                                        task(child),
                                        new KernelState.Progress(0, 0, 0, Checksum.START),
                                        Longs.NONE,
                                        Task.State.READY,
                                        null)));
        return new GuestState(
                anew(state.vm()),
                new KernelState(
                        kernel.settings(),
                        kernel.frames(),
                        new KernelState.ProcessesState(
                                List.of(changed),
                                kernel.processes().lastId(),
                                kernel.processes().ended()),
                        kernel.files(),
                        kernel.cpus(),
                        kernel.own()));
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

    private TaskProgram task(int child) {
        String spec = program.task(0).text();
        long own = Long.parseLong(spec.replaceFirst(".*[:,]seed=(-?\\d+).*", "$1")) + child;
        return TaskProgram.of(spec.replaceFirst(SEED, Long.toString(own)));
    }

    /// Opens what guests run.
    public StepSource open(TaskProgram task) {
        return task.equals(program.task(0)) ? program.openCopy(0) : ProgramSpec.open(task);
    }

    /// The checksum that a guest has to end with.
    ///
    /// @param child its number; 0 for the parent
    public long expected(int child) {
        if (!seeds || child == 0) {
            if (whole == null) {
                whole = PlainExecution.of(program.openCopy(0)).checksum();
            }
            return whole;
        }
        return before().then(ProgramSpec.open(task(child))).checksum();
    }

    /// All that the parent had done when it was frozen.
    private PlainExecution before() {
        if (plain.cursor() == 0) {
            long steps =
                    state.kernel()
                            .processes()
                            .alive()
                            .getFirst()
                            .tasks()
                            .getFirst()
                            .progress()
                            .steps();
            plain = PlainExecution.of(program.openCopy(0), steps);
        }
        return plain;
    }
}
