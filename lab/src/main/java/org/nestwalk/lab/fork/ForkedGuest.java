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

/// A guest that is forked, or that came of it, with one program on its only CPU.
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

    /// Runs up to `quantum` accesses. If it cannot go on its virtual machine is closed, so that
    /// others may have its memory.
    void turn(int quantum) {
        if (ended) {
            return;
        }
        run(quantum);
        if (!failure.isEmpty()) {
            vm.close();
        }
    }

    private void run(int quantum) {
        Slice slice = kernel.slice(0, quantum);
        if (slice instanceof Slice.Stopped stopped) {
            ended = true;
            failure =
                    stopped.exit() instanceof VmExit.Failure why
                            ? why.message()
                            : stopped.exit().toString();
        } else if (slice instanceof Slice.Idle || task().state() != Task.State.READY) {
            ended = true;
            VmExit.Failure why = task().failure();
            failure = why == null ? "" : why.message();
        }
    }

    boolean hasEnded() {
        return ended;
    }

    /// Why it could not go on; empty if it could.
    String failure() {
        return failure;
    }

    Task task() {
        return tasks.getFirst();
    }

    /// Accesses made, those before it was forked included.
    long made() {
        return task().made();
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
