package org.nestwalk.lab.fork;

import java.util.ArrayList;
import java.util.List;
import org.nestwalk.bits.PageSize;
import org.nestwalk.guest.kernel.GuestKernel;
import org.nestwalk.guest.kernel.Slice;
import org.nestwalk.guest.kernel.Task;
import org.nestwalk.machine.SecondLevelMap;
import org.nestwalk.machine.VirtualMachine;
import org.nestwalk.machine.VmExit;
import org.nestwalk.memory.PageSet;

/// A guest that is forked, or that came of it, with one program on each CPU.
final class ForkedGuest implements AutoCloseable {
    private static final long PAGE = PageSize.SIZE_4K.bytes();

    final VirtualMachine vm;
    final GuestKernel kernel;
    private final List<Task> tasks = new ArrayList<>();
    private boolean ended;
    private String failure = "";

    ForkedGuest(VirtualMachine vm, GuestKernel kernel) {
        this.vm = vm;
        this.kernel = kernel;
        kernel.processes().forEach(process -> tasks.addAll(process.tasks()));
    }

    /// As [#turn(int)], but if `host` has hardly any memory left it cannot go on.
    void turn(int quantum, ForkHost host) {
        if (!ended && host.isShort()) {
            ended = true;
            failure = Shortage.HOST;
            vm.close();
        } else {
            turn(quantum);
        }
    }

    /// Runs up to `quantum` accesses on each CPU. If it cannot go on its virtual machine is closed,
    /// so that others may have its memory.
    void turn(int quantum) {
        turn(quantum, Long.MAX_VALUE);
    }

    /// As [#turn(int)], up to `most` accesses on all CPUs.
    void turn(int quantum, long most) {
        if (ended) {
            return;
        }
        run(quantum, made() + most < 0 ? Long.MAX_VALUE : made() + most);
        if (!failure.isEmpty()) {
            vm.close();
        }
    }

    private void run(int quantum, long end) {
        boolean more = false;
        for (int cpu = 0; cpu < vm.cpus().size() && failure.isEmpty(); cpu++) {
            int allowed = (int) Math.min(quantum, end - made());
            if (allowed == 0) {
                return;
            }
            Slice slice = kernel.slice(cpu, allowed);
            more |= slice instanceof Slice.More;
            if (slice instanceof Slice.Stopped stopped) {
                failure =
                        stopped.exit() instanceof VmExit.Failure why
                                ? why.message()
                                : stopped.exit().toString();
            }
        }
        for (Task task : tasks) {
            VmExit.Failure why = task.failure();
            failure = failure.isEmpty() && why != null ? why.message() : failure;
        }
        boolean ready = tasks.stream().anyMatch(task -> task.state() == Task.State.READY);
        ended = !more || !ready || !failure.isEmpty();
    }

    boolean hasEnded() {
        return ended;
    }

    /// Why it could not go on; empty if it could.
    String failure() {
        return failure;
    }

    /// The tasks that it runs, by CPU.
    List<Task> tasks() {
        return tasks;
    }

    /// Of what its tasks have loaded, by CPU.
    List<Long> checksums() {
        return tasks.stream().map(Task::checksum).toList();
    }

    /// Accesses made on all CPUs, those before it was forked included.
    long made() {
        return tasks.stream().mapToLong(Task::made).sum();
    }

    /// Counts its pages, if it goes on or has ended well, and adds those of its own, touched or
    /// written since it was forked, to `touched`.
    ///
    /// @param written whether only written ones can be told
    PageUse use(PageSet touched, boolean written) {
        if (!failure.isEmpty()) {
            return PageUse.NONE;
        }
        SecondLevelMap map = vm.secondLevel();
        PageSet backed = new PageSet();
        map.backedPages(vm.settings().memoryBytes(), backed);
        PageSet own = new PageSet();
        map.ownPages(vm.settings().memoryBytes(), own);
        if (written) {
            touched.addAll(own);
            return new PageUse(own.size(), backed.size() - own.size(), 0);
        }
        PageSet mapped = new PageSet();
        backed.forEach(gpa -> {
            if (!map.isInherited(gpa)) {
                mapped.add(gpa, PAGE);
            }
        });
        touched.addAll(mapped);
        return new PageUse(own.size(), mapped.size() - own.size(), backed.size() - mapped.size());
    }

    /// The pages of a guest, by who has their memory.
    ///
    /// @param own nobody else
    /// @param shared others, too
    /// @param untouched inherited, and not touched yet
    record PageUse(long own, long shared, long untouched) {
        static final PageUse NONE = new PageUse(0, 0, 0);

        PageUse plus(PageUse other) {
            return new PageUse(own + other.own, shared + other.shared, untouched + other.untouched);
        }
    }

    @Override
    public void close() {
        vm.close();
    }
}
