package org.nestwalk.lab.kvm;

import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.nestwalk.InputException;
import org.nestwalk.bits.Access;
import org.nestwalk.bits.PageSize;
import org.nestwalk.guest.AccessSource;
import org.nestwalk.guest.TaskProgram;
import org.nestwalk.guest.kernel.GuestKernel;
import org.nestwalk.guest.kernel.GuestProcess;
import org.nestwalk.guest.kernel.GuestState;
import org.nestwalk.guest.kernel.KernelSettings;
import org.nestwalk.guest.kernel.PagePolicy;
import org.nestwalk.guest.kernel.Slice;
import org.nestwalk.guest.kernel.Task;
import org.nestwalk.guest.kernel.Vma;
import org.nestwalk.hypervisor.FirstTouch;
import org.nestwalk.hypervisor.Hypervisor;
import org.nestwalk.machine.DirtyPages;
import org.nestwalk.machine.DirtySource;
import org.nestwalk.machine.ExitReason;
import org.nestwalk.machine.GuestFailure;
import org.nestwalk.machine.SoftwareCosts;
import org.nestwalk.machine.VirtualCpu;
import org.nestwalk.machine.VirtualMachine;
import org.nestwalk.memory.PageSet;
import org.nestwalk.random.Xoshiro256;

/// A guest that does what a seed says: programs of all kinds of accesses, and system calls between
/// them. What can be seen of it from outside is recorded, interval by interval.
final class RandomGuest {
    static final long MEMORY = 24L << 20;

    static final int INTERVALS = 4;
    private static final int CALLS = 3;
    private static final int QUANTUM = 300;
    private static final long PAGE = PageSize.SIZE_4K.bytes();

    private final VirtualMachine vm;
    private final GuestKernel kernel;
    private final @Nullable DirtyPages log;
    private final Xoshiro256 random;
    private final List<Task> tasks = new ArrayList<>();
    private final List<GuestProcess> processes = new ArrayList<>();
    private final boolean changes;
    private long seed;
    private int interval;

    /// What happened in one interval.
    ///
    /// @param written pages written
    /// @param firstTouches pages backed so far
    /// @param results of all tasks: state, accesses made and checksum
    record Interval(List<Long> written, long firstTouches, List<String> results) {}

    /// @param changes whether system calls change entries that are in use
    /// @param source what finds the pages written; null if nobody asks
    RandomGuest(VirtualMachine vm, long seed, boolean changes, @Nullable DirtySource source) {
        this.vm = vm;
        this.seed = seed;
        this.changes = changes;
        random = new Xoshiro256(seed);
        Hypervisor _ = Hypervisor.start(vm, new FirstTouch(PageSize.SIZE_4K));
        log = source == null ? null : vm.trackDirty(source);
        PagePolicy pages = seed % 3 == 0 ? PagePolicy.TRANSPARENT_HUGE : PagePolicy.SMALL;
        kernel = new GuestKernel(vm, KernelSettings.of(pages, SoftwareCosts.assumed(1000)));
    }

    /// A guest that goes on where `other` was when `state` was saved, without a log.
    RandomGuest(RandomGuest other, GuestState state, VirtualMachine vm, FirstTouch backing) {
        this.vm = vm;
        seed = other.seed;
        changes = other.changes;
        random = other.random.copy();
        log = null;
        interval = other.interval;
        Hypervisor _ = Hypervisor.start(vm, backing);
        kernel = state.restore(vm, RandomAccesses::open);
        for (GuestProcess process : other.processes) {
            processes.add(
                    kernel.processes().stream()
                            .filter(restored -> restored.id() == process.id())
                            .findFirst()
                            .orElse(process));
        }
        for (Task task : other.tasks) {
            int index = other.processes.indexOf(task.process());
            int which = task.process().tasks().indexOf(task);
            tasks.add(processes.get(index).tasks().get(which));
        }
    }

    GuestKernel kernel() {
        return kernel;
    }

    List<Interval> run() {
        return run(INTERVALS);
    }

    /// Goes on until `until` intervals have passed in all, and returns what happened.
    List<Interval> run(int until) {
        List<Interval> intervals = new ArrayList<>();
        if (interval == 0) {
            startProcess();
        }
        for (; interval < until; interval++) {
            for (int call = 0; call < CALLS; call++) {
                try {
                    systemCall();
                } catch (InputException | GuestFailure refused) {
                    // The same everywhere, and seen by what comes of it.
                }
                for (int cpu = 0; cpu < vm.settings().cpus(); cpu++) {
                    if (kernel.slice(cpu, QUANTUM) instanceof Slice.Stopped stopped) {
                        throw new AssertionError(stopped.exit());
                    }
                }
            }
            intervals.add(interval());
        }
        return intervals;
    }

    private Interval interval() {
        PageSet found = new PageSet();
        if (log != null) {
            log.collect(found);
        }
        List<Long> written = new ArrayList<>();
        found.forEach(written::add);
        long touches = 0;
        for (VirtualCpu cpu : vm.cpus()) {
            touches += cpu.account().exits(ExitReason.VIOLATION);
        }
        List<String> results =
                tasks.stream()
                        .map(task ->
                                "%s %d %x".formatted(task.state(), task.made(), task.checksum()))
                        .toList();
        return new Interval(written, touches, results);
    }

    private void startProcess() {
        List<Vma> areas = new ArrayList<>();
        long start = 0x4000_0000L + (random.nextBelow(64) << 21);
        for (int i = 0; i < 3; i++) {
            long bytes = PAGE * (1 + random.nextBelow(i == 0 ? 1024 : 200));
            areas.add(new Vma(start, start + bytes, i == 1 ? Vma.READ | Vma.WRITE : Vma.ALL));
            start += bytes + PAGE * random.nextBelow(700);
        }
        GuestProcess process = kernel.start(0, "random", areas);
        processes.add(process);
        int cpu = (int) random.nextBelow(vm.settings().cpus());
        seed++;
        TaskProgram program = TaskProgram.of(RandomAccesses.text(seed, areas));
        tasks.add(kernel.run(process, program, RandomAccesses::open, cpu));
    }

    private void systemCall() {
        long kind = random.nextBelow(changes ? 6 : 2);
        GuestProcess process = processes.get((int) random.nextBelow(processes.size()));
        long start = 0x4000_0000L + (random.nextBelow(4000) << 12);
        long end = start + PAGE * (1 + random.nextBelow(100));
        switch ((int) kind) {
            case 0 -> startProcess();
            case 1 -> kernel.map(0, process, new Vma(start, end, Vma.ALL));
            case 2 -> kernel.unmap(0, process, start, end);
            case 3 -> kernel.protect(0, process, new Vma(start, end, Vma.READ));
            case 4 -> processes.add(kernel.fork(0, process));
            default -> kernel.exit(0, process);
        }
    }

    /// Accesses to areas: runs, and jumps between them.
    private static final class RandomAccesses implements AccessSource {
        private static final int[] KINDS = {Access.LOAD, Access.STORE, Access.MODIFY, Access.FETCH};

        private final Xoshiro256 random;
        private final List<Vma> areas;
        private int left = 12_000;

        /// What [#open] needs to know.
        static String text(long seed, List<Vma> areas) {
            StringBuilder text = new StringBuilder(Long.toString(seed));
            areas.forEach(area ->
                    text.append(' ')
                            .append(area.start())
                            .append(' ')
                            .append(area.end())
                            .append(' ')
                            .append(area.rights()));
            return text.toString();
        }

        static AccessSource open(TaskProgram program) {
            long[] words =
                    Stream.of(program.text().split(" ")).mapToLong(Long::parseLong).toArray();
            List<Vma> areas = new ArrayList<>();
            for (int i = 1; i < words.length; i += 3) {
                areas.add(new Vma(words[i], words[i + 1], (int) words[i + 2]));
            }
            return new RandomAccesses(words[0], areas);
        }

        RandomAccesses(long seed, List<Vma> areas) {
            this.random = new Xoshiro256(seed);
            this.areas = areas;
        }

        @Override
        public int next(long[] block) {
            int count = Math.min(left, Math.min(block.length, 500));
            for (int i = 0; i < count; ) {
                Vma area = areas.get((int) random.nextBelow(areas.size()));
                long at = area.start() + random.nextBelow(area.end() - area.start());
                int kind = KINDS[(int) random.nextBelow(area.rights() == Vma.ALL ? 4 : 3)];
                long run = Math.min(count - i, 1 + random.nextBelow(12));
                for (long j = 0; j < run; j++, i++) {
                    block[i] = Access.pack(kind, Math.min(at + 24 * j, area.end() - 1));
                }
            }
            left -= count;
            return count;
        }
    }
}
