package org.nestwalk.guest.kernel;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.nestwalk.InputException;
import org.nestwalk.bits.PagingEntry;
import org.nestwalk.guest.PlainExecution;
import org.nestwalk.guest.TaskProgram;
import org.nestwalk.guest.kernel.KernelState.FramesState;
import org.nestwalk.guest.kernel.KernelState.ProcessState;
import org.nestwalk.guest.kernel.KernelState.ProcessesState;
import org.nestwalk.guest.kernel.KernelState.Progress;
import org.nestwalk.guest.kernel.KernelState.SpaceState;
import org.nestwalk.guest.kernel.KernelState.TaskState;
import org.nestwalk.guest.program.Program;
import org.nestwalk.guest.program.ProgramSpec;
import org.nestwalk.machine.CpuState;
import org.nestwalk.machine.VirtualMachine;
import org.nestwalk.machine.state.MemoryImage;
import org.nestwalk.machine.state.VmState;
import org.nestwalk.memory.Longs;

/// Faults planted in a state: what does not fit together is refused when a kernel is to go on by
/// it; what fits, but is not what was saved, shows in the result or in memory.
class SavedStateFaultsTest {
    private static final long BYTES = 32 * Guest.MIB;
    private static final Program PROGRAM = Guest.program("gups:footprint=2MiB,accesses=20k,seed=5");

    private final Guest guest =
            new Guest(Machines.NESTED, BYTES, 2, Guest.settings(PagePolicy.SMALL));
    private GuestState state = prepared();

    /// A parent and its child, in mid-run on CPU 0, that share most of their pages; and nothing on
    /// CPU 1.
    private GuestState prepared() {
        GuestProcess process =
                guest.kernel.start(
                        0, "gups", List.of(Vma.around(PROGRAM.base(), PROGRAM.footprint())));
        Task task = guest.kernel.run(process, TaskProgram.of(PROGRAM.spec()), ProgramSpec::open, 0);
        guest.slice(0, 6000);
        guest.kernel.fork(0, task, PROGRAM.steps(), 0);
        guest.slice(0, 3000);
        return GuestState.save(guest.kernel);
    }

    @BeforeEach
    void stateAsSavedGoesOn() {
        assertThat(checksums()).containsOnly(PlainExecution.of(PROGRAM.steps()).checksum());
    }

    @AfterEach
    void close() {
        guest.close();
    }

    /// Goes on by the state, and returns what comes of its tasks.
    private List<Long> checksums() {
        VirtualMachine other = Machines.SHADOW.create(BYTES, 2).vm();
        GuestKernel kernel = state.restore(other, ProgramSpec::open);
        List<Task> tasks = new ArrayList<>();
        kernel.processes().forEach(process -> tasks.addAll(process.tasks()));
        assertThat(tasks).hasSize(2);
        while (kernel.slice(0, 1000) instanceof Slice.More) {
            // To the end.
        }
        other.close();
        return tasks.stream().map(Task::checksum).toList();
    }

    private void assertRefused(String message) {
        assertThatThrownBy(this::checksums)
                .isInstanceOf(InputException.class)
                .hasMessageMatching(message);
    }

    private void replaceKernel(FramesState frames, List<ProcessState> alive) {
        KernelState kernel = state.kernel();
        ProcessesState processes = kernel.processes();
        state =
                new GuestState(
                        state.vm(),
                        new KernelState(
                                kernel.settings(),
                                frames,
                                new ProcessesState(alive, processes.lastId(), processes.ended()),
                                kernel.files(),
                                kernel.cpus(),
                                kernel.own()));
    }

    private void replaceProcess(SpaceState space, List<TaskState> tasks) {
        List<ProcessState> alive = new ArrayList<>(state.kernel().processes().alive());
        ProcessState first = alive.getFirst();
        alive.set(0, new ProcessState(first.id(), first.name(), space, tasks));
        replaceKernel(state.kernel().frames(), alive);
    }

    private void replaceFrames(Longs blocks, Longs shared) {
        replaceKernel(new FramesState(blocks, shared), state.kernel().processes().alive());
    }

    private ProcessState process() {
        return state.kernel().processes().alive().getFirst();
    }

    private void moveTask(long steps) {
        TaskState task = process().tasks().getFirst();
        Progress progress = task.progress();
        replaceProcess(
                process().space(),
                List.of(
                        new TaskState(
                                task.program(),
                                new Progress(
                                        progress.steps() + steps,
                                        progress.made(),
                                        progress.cursor(),
                                        progress.checksum()),
                                Longs.NONE,
                                task.state(),
                                null)));
    }

    @Test
    void positionOffByOneShowsInTheChecksum() {
        GuestState saved = state;
        moveTask(1);
        long right = PlainExecution.of(PROGRAM.steps()).checksum();
        assertThat(checksums().getFirst()).isNotEqualTo(right);
        state = saved;
        moveTask(-1);
        assertThat(checksums().getFirst()).isNotEqualTo(right);
    }

    @Test
    void wrongAccessesAheadAreFoundWhenTheProgramIsPassedOver() {
        TaskState task = process().tasks().getFirst();
        long[] ahead = task.ahead().toArray();
        assertThat(ahead.length).isGreaterThan(100);
        ahead[100] ^= 8;
        replaceProcess(
                process().space(),
                List.of(
                        new TaskState(
                                task.program(),
                                task.progress(),
                                Longs.of(ahead),
                                task.state(),
                                null)));
        assertRefused("gups does something else after \\d+ steps than the state .* says");
    }

    @Test
    void wrongNumbersOfTablesAndPagesAreRefused() {
        SpaceState space = process().space();
        for (int i = 0; i < space.mapped().size(); i++) {
            long[] mapped = space.mapped().toArray();
            mapped[i]++;
            replaceProcess(
                    new SpaceState(
                            space.pcid(),
                            space.root(),
                            Longs.of(mapped),
                            space.areas(),
                            space.counts()),
                    process().tasks());
            assertRefused("process 1 has \\d+ (tables|pages of level \\d), but is known .*");
        }
        replaceProcess(
                new SpaceState(
                        space.pcid(), space.root(), Longs.NONE, space.areas(), space.counts()),
                process().tasks());
        assertRefused("what an address space maps is 4 numbers, not 0");
    }

    @Test
    void lostAreaIsRefused() {
        SpaceState space = process().space();
        replaceProcess(
                new SpaceState(
                        space.pcid(), space.root(), space.mapped(), List.of(), space.counts()),
                process().tasks());
        assertRefused("process 1 has a page at 0x7f[0-9a-f]+, but no mapping");
    }

    @Test
    void areaWithFewerRightsIsRefused() {
        SpaceState space = process().space();
        Vma area = space.areas().getFirst();
        replaceProcess(
                new SpaceState(
                        space.pcid(),
                        space.root(),
                        space.mapped(),
                        List.of(new Vma(area.start(), area.end(), Vma.READ | Vma.WRITE)),
                        space.counts()),
                process().tasks());
        assertRefused("the page at 0x7f[0-9a-f]+ of process 1 has more rights than its mapping");
    }

    @Test
    void lostFramesAreRefused() {
        long[] blocks = state.kernel().frames().blocks().toArray();
        int longest = 1;
        for (int i = 1; i < blocks.length; i += 2) {
            longest = blocks[i] > blocks[longest] ? i : longest;
        }
        blocks[longest] /= 2;
        replaceFrames(Longs.of(blocks), state.kernel().frames().shared());
        assertRefused("the (frame|table) at 0x[0-9a-f]+ .*");
    }

    @Test
    void frameTakenTwiceIsRefused() {
        long[] blocks = state.kernel().frames().blocks().toArray();
        long[] more = Arrays.copyOf(blocks, blocks.length + 2);
        more[blocks.length] = blocks[0];
        more[blocks.length + 1] = 1;
        replaceFrames(Longs.of(more), state.kernel().frames().shared());
        assertRefused("a block of 2\\^\\d+ frames at 0x[0-9a-f]+.* is beyond memory or used twice");
    }

    @Test
    void wrongCountsOfSharersAreRefused() {
        GuestState saved = state;
        Longs blocks = state.kernel().frames().blocks();
        long[] shared = state.kernel().frames().shared().toArray();
        assertThat(shared.length).isPositive();
        shared[0]++;
        replaceFrames(blocks, Longs.of(shared));
        assertRefused("frames are known to be mapped \\d+ times more than they are");
        state = saved;
        shared[0]--;
        replaceFrames(blocks, Longs.of(Arrays.copyOf(shared, shared.length - 2)));
        assertRefused("the frame at 0x[0-9a-f]+.* mapped more often than it is known to be.*");
        state = saved;
        long unused = BYTES / 4096 - 1 << 16 | 1;
        long[] more = Arrays.copyOf(shared, shared.length + 2);
        more[shared.length] = unused;
        more[shared.length + 1] = 1;
        replaceFrames(blocks, Longs.of(more));
        assertRefused("frames are known to be mapped 1 times more than they are");
    }

    @Test
    void staleRootIsRefused() {
        VmState vm = state.vm();
        List<VmState.SavedCpu> cpus = new ArrayList<>(vm.cpus());
        CpuState cpu = cpus.getFirst().state();
        cpus.set(
                0,
                new VmState.SavedCpu(
                        new CpuState(cpu.cr3() + 0x1000, cpu.cursor(), cpu.checksum()),
                        cpus.getFirst().account()));
        state =
                new GuestState(
                        new VmState(vm.settings(), cpus, vm.memory(), vm.background()),
                        state.kernel());
        assertRefused(
                "CR3 of virtual CPU 0 is 0x[0-9a-f]+, which is not what its kernel has loaded:"
                        + " process \\d");
    }

    @Test
    void rootThatIsNoTableIsRefused() {
        SpaceState space = process().space();
        for (long root : List.of(BYTES - 4096, BYTES + 4096)) {
            replaceProcess(
                    new SpaceState(
                            space.pcid(), root, space.mapped(), space.areas(), space.counts()),
                    process().tasks());
            assertThatThrownBy(this::checksums).isInstanceOf(InputException.class);
        }
    }

    @Test
    void lostPagesShowInTheChecksum() {
        MemoryImage.Builder pages = new MemoryImage.Builder();
        Set<Long> lost = new HashSet<>();
        Runs.forEach(
                state.kernel().frames().shared(),
                (first, count) -> {
                    for (long frame = first >>> 16; frame < (first >>> 16) + count; frame++) {
                        lost.add(frame << 12);
                    }
                });
        state.vm()
                .memory()
                .forEachPage((gpa, words) -> {
                    if (!lost.contains(gpa)) {
                        pages.page(gpa, words);
                    }
                });
        replaceMemory(pages.build());
        assertThat(checksums()).doesNotContain(PlainExecution.of(PROGRAM.steps()).checksum());
    }

    @Test
    void lostFlagsShowInMemory() {
        long flags = PagingEntry.ACCESSED | PagingEntry.DIRTY;
        MemoryImage.Builder pages = new MemoryImage.Builder();
        long root = process().space().root();
        state.vm()
                .memory()
                .forEachPage((gpa, words) -> {
                    if (gpa == root) {
                        for (int i = 0; i < words.length; i++) {
                            words[i] &= ~flags;
                        }
                    }
                    pages.page(gpa, words);
                });
        MemoryImage without = pages.build();
        assertThat(without.holdsSameAs(state.vm().memory())).isFalse();
    }

    private void replaceMemory(MemoryImage memory) {
        VmState vm = state.vm();
        state =
                new GuestState(
                        new VmState(vm.settings(), vm.cpus(), memory, vm.background()),
                        state.kernel());
    }
}
