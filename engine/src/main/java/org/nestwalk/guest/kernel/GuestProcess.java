package org.nestwalk.guest.kernel;

import java.util.ArrayList;
import java.util.List;
import java.util.function.LongConsumer;
import org.nestwalk.bits.PageSize;
import org.nestwalk.bits.PagingEntry;

/// A process: an address space, shared by its tasks.
public final class GuestProcess {
    private final int id;
    private final String name;
    private final AddressSpace space;
    private boolean alive = true;
    private final List<Task> tasks = new ArrayList<>();

    GuestProcess(int id, String name, AddressSpace space) {
        this.id = id;
        this.name = name;
        this.space = space;
    }

    /// Its number: from 1, in the order of creation, never given twice.
    public int id() {
        return id;
    }

    /// The name in reports.
    public String name() {
        return name;
    }

    /// Whether it has not ended.
    public boolean isAlive() {
        return alive;
    }

    /// Pages of `size` that its page table maps.
    public long pages(PageSize size) {
        return space.pages(size);
    }

    /// The work of paging for it.
    public PagingCounts counts() {
        return space.counts;
    }

    /// Shows `consumer` the guest-physical address of every 2-MiB page that its page table maps.
    public void forEachLargePage(LongConsumer consumer) {
        if (pages(PageSize.SIZE_2M) > 0) {
            space.forEachPage((gva, level, entry) -> {
                if (level == PageSize.SIZE_2M.level()) {
                    consumer.accept(PagingEntry.page(entry, level));
                }
            });
        }
    }

    AddressSpace space() {
        return space;
    }

    void begin(Task task) {
        tasks.add(task);
    }

    /// Its tasks, in the order in which they began, those that have ended too.
    public List<Task> tasks() {
        return List.copyOf(tasks);
    }

    /// As data.
    KernelState.ProcessState save() {
        return new KernelState.ProcessState(
                id, name, space.save(), tasks.stream().map(Task::save).toList());
    }

    /// Whether none of its tasks has anything left to do.
    boolean isDone() {
        return tasks.stream().noneMatch(task -> task.state() == Task.State.READY);
    }

    /// It ends, and tasks that have not ended with it.
    void die() {
        alive = false;
        for (Task task : tasks) {
            if (task.state() == Task.State.READY) {
                task.end(Task.State.KILLED, null);
            }
        }
    }
}
