package org.nestwalk.guest.kernel;

import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;
import java.util.function.BiConsumer;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.nestwalk.InputException;
import org.nestwalk.guest.ProgramOpener;
import org.nestwalk.machine.KernelCpu;

/// The processes of a guest: how they come, multiply and go. Each has a PCID of its own, which
/// another gets when it has ended.
final class Processes {
    private static final int MOST = 4095;

    private final KernelSettings settings;
    private final int cpus;
    private final KernelMemory memory;
    private final GuestFrames frames;
    private final GuestNodes nodes;
    private final TlbMaintenance tlbs;
    private final CopyOnWrite copyOnWrite;
    private final List<GuestProcess> alive = new ArrayList<>();
    private final BitSet pcids = new BitSet();
    private final PagingCounts ended = new PagingCounts();
    private BiConsumer<AddressSpace, AddressSpace> forking = (_, _) -> {};
    private Consumer<AddressSpace> ending = _ -> {};
    private Consumer<GuestProcess> observer = process -> {};
    private int lastId;

    Processes(
            KernelSettings settings,
            int cpus,
            KernelMemory memory,
            GuestFrames frames,
            GuestNodes nodes,
            TlbMaintenance tlbs,
            CopyOnWrite copyOnWrite) {
        this.settings = settings;
        this.cpus = cpus;
        this.memory = memory;
        this.frames = frames;
        this.nodes = nodes;
        this.tlbs = tlbs;
        this.copyOnWrite = copyOnWrite;
    }

    /// Sets the listener that receives each process as it ends, while it still has its memory.
    void observeEnds(Consumer<GuestProcess> consumer) {
        observer = consumer;
    }

    /// Sets the listeners that receive a space that shares all with another, from which it comes
    /// first, and a space that is gone.
    void observeSpaces(BiConsumer<AddressSpace, AddressSpace> forked, Consumer<AddressSpace> gone) {
        forking = forked;
        ending = gone;
    }

    /// The processes that have not ended, by ascending number.
    List<GuestProcess> alive() {
        return alive;
    }

    /// What paging has done for all, ended ones too.
    PagingCounts counts() {
        PagingCounts sum = new PagingCounts();
        sum.add(ended);
        alive.forEach(process -> sum.add(process.counts()));
        return sum;
    }

    /// The process with a number, which has not ended; null if there is none.
    @Nullable GuestProcess find(int id) {
        for (GuestProcess process : alive) {
            if (process.id() == id) {
                return process;
            }
        }
        return null;
    }

    /// The number of the process that sees `space`; 0 if there is none.
    @SuppressWarnings("ReferenceEquality") // an address space is itself alone
    int idOf(@Nullable AddressSpace space) {
        for (GuestProcess process : alive) {
            if (process.space() == space) {
                return process.id();
            }
        }
        return 0;
    }

    /// As data.
    KernelState.ProcessesState save() {
        return new KernelState.ProcessesState(
                alive.stream().map(GuestProcess::save).toList(), lastId, ended.save());
    }

    /// Becomes, from having none, what `state` says.
    void restore(KernelState.ProcessesState state, ProgramOpener programs) {
        for (KernelState.ProcessState process : state.alive()) {
            KernelState.SpaceState space = process.space();
            if (space.pcid() < 1 || space.pcid() > MOST || pcids.get(space.pcid())) {
                throw new InputException(
                        "process %d cannot have PCID %d".formatted(process.id(), space.pcid()));
            }
            pcids.set(space.pcid());
            AddressSpace made =
                    new AddressSpace(space, cpus, settings.levels(), memory, frames, nodes);
            GuestProcess restored = new GuestProcess(process.id(), process.name(), made);
            alive.add(restored);
            for (KernelState.TaskState task : process.tasks()) {
                restored.begin(Task.restore(restored, task, programs));
            }
        }
        lastId = state.lastId();
        ended.restore(state.ended());
    }

    /// A process with nothing mapped yet.
    ///
    /// @throws InputException if there are 4095
    /// @throws org.nestwalk.machine.GuestFailure if there is no memory for its root table
    GuestProcess create(String name, Vmas vmas) {
        int pcid = pcids.nextClearBit(1);
        if (pcid > MOST) {
            throw new InputException("a guest has up to %d processes at a time".formatted(MOST));
        }
        AddressSpace space =
                new AddressSpace(pcid, cpus, settings.levels(), vmas, memory, frames, nodes);
        pcids.set(pcid);
        lastId++;
        GuestProcess process = new GuestProcess(lastId, name, space);
        alive.add(process);
        return process;
    }

    /// A process that shares everything with `parent` until one of them writes.
    ///
    /// @throws org.nestwalk.machine.GuestFailure if there is no memory for its tables; there is no
    ///   such process then
    GuestProcess fork(KernelCpu cpu, GuestProcess parent) {
        GuestProcess child = create(parent.name(), new Vmas(parent.space().vmas));
        boolean done = false;
        try {
            copyOnWrite.share(cpu, parent.space(), child.space());
            forking.accept(parent.space(), child.space());
            done = true;
        } finally {
            if (!done) {
                end(cpu, child);
            }
        }
        return child;
    }

    /// Ends a process, and frees what it has.
    void end(KernelCpu cpu, GuestProcess process) {
        observer.accept(process);
        process.die();
        tlbs.unload(cpu, process.space());
        process.space().release();
        ending.accept(process.space());
        pcids.clear(process.space().pcid);
        alive.remove(process);
        ended.add(process.counts());
    }
}
