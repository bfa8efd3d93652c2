package org.nestwalk.guest.kernel;

import org.jspecify.annotations.Nullable;
import org.nestwalk.InputException;
import org.nestwalk.bits.Access;
import org.nestwalk.guest.ProgramOpener;
import org.nestwalk.guest.StepSource;
import org.nestwalk.guest.SystemCall;
import org.nestwalk.guest.TaskProgram;
import org.nestwalk.machine.Checksum;
import org.nestwalk.machine.CpuState;
import org.nestwalk.machine.VmExit;

/// A program that a process runs: one thread of accesses, on one virtual CPU.
public final class Task {
    private static final int BLOCK = 1 << 14;

    /// How far a task is.
    public enum State {
        /// It has accesses left to make.
        READY,
        /// It has made all its accesses.
        FINISHED,
        /// It could not go on; see [Task#failure].
        FAILED,
        /// Its process was ended.
        KILLED
    }

    private static final long[] NO_BLOCK = {};

    private final GuestProcess process;
    private final StepSource source;
    private final @Nullable TaskProgram program;
    private long[] block = new long[BLOCK];
    private int from;
    private int to;
    private @Nullable SystemCall call;
    private long steps;
    private long made;
    private long cursor;
    private long checksum = Checksum.START;
    private State state = State.READY;
    private VmExit.@Nullable Failure failure;

    /// @param source its program from the start
    /// @param program the name by which it can be opened again; null if it has none
    Task(GuestProcess process, StepSource source, @Nullable TaskProgram program) {
        this.process = process;
        this.source = source;
        this.program = program;
    }

    /// The task that `saved` tells of.
    ///
    /// @throws InputException if its program ends before it is where it should be
    static Task restore(GuestProcess process, KernelState.TaskState saved, ProgramOpener programs) {
        boolean goesOn = saved.state() == State.READY;
        Task task =
                new Task(
                        process,
                        goesOn ? programs.open(saved.program()) : block -> 0,
                        saved.program());
        if (goesOn) {
            task.goOn(saved.progress());
        } else {
            task.place(saved.progress());
            task.end(saved.state(), saved.failure());
        }
        return task;
    }

    /// As data.
    ///
    /// @throws InputException if its program has no name
    KernelState.TaskState save() {
        if (program == null) {
            throw new InputException(
                    "a task of process %d (%s) runs a program that has no name, and cannot be saved"
                            .formatted(process.id(), process.name()));
        }
        return new KernelState.TaskState(program, progress(), state, failure);
    }

    /// How far it is.
    KernelState.Progress progress() {
        return new KernelState.Progress(steps, made, cursor, checksum);
    }

    /// Passes over what another has done, from the start of its program.
    ///
    /// @throws InputException if the program ends before
    void goOn(KernelState.Progress other) {
        while (steps < other.steps()) {
            if (!hasNext() && call == null) {
                throw new InputException(
                        "%s ends after %d steps, and cannot go on after %d"
                                .formatted(process.name(), steps, other.steps()));
            }
            int passed = (int) Math.min(to - from, other.steps() - steps);
            from += passed;
            steps += passed;
            if (from == to && steps < other.steps() && call != null) {
                called();
            }
        }
        place(other);
    }

    private void place(KernelState.Progress progress) {
        steps = progress.steps();
        made = progress.made();
        cursor = progress.cursor();
        checksum = progress.checksum();
    }

    /// The program that it runs, if that has a name.
    public @Nullable TaskProgram program() {
        return program;
    }

    /// Whose it is.
    public GuestProcess process() {
        return process;
    }

    /// How far it is.
    public State state() {
        return state;
    }

    /// Why it could not go on; null unless it failed.
    public VmExit.@Nullable Failure failure() {
        return failure;
    }

    /// Accesses made, fetches too.
    public long made() {
        return made;
    }

    /// Data accesses made.
    public long cursor() {
        return cursor;
    }

    /// The checksum of what has been loaded; see [Checksum].
    public long checksum() {
        return checksum;
    }

    /// Whether there is an access to make in the block, or there was one to fetch to it. If not,
    /// and there is no [#call] either, it has made all.
    boolean hasNext() {
        if (from < to) {
            return true;
        }
        if (call != null) {
            return false;
        }
        from = 0;
        to = source.next(block);
        call = source.call();
        return to > 0;
    }

    /// The system call to make when no access is left before it; null if there is none.
    @Nullable SystemCall call() {
        return from < to ? null : call;
    }

    /// The system call has been made.
    void called() {
        call = null;
        steps++;
    }

    long[] block() {
        return block;
    }

    int from() {
        return from;
    }

    /// The end of what can be run at once: of at most `most` accesses, with all their parts.
    int limit(int most) {
        int end = Math.min(to, from + most);
        while (end < to && Access.isContinued(block[end])) {
            end++;
        }
        return end;
    }

    /// Accesses up to index `position` have been made. Returns how many that were, each part
    /// counted.
    int advance(int position, CpuState cpu) {
        int count = position - from;
        made += Access.count(block, from, position);
        steps += count;
        from = position;
        cursor = cpu.cursor();
        checksum = cpu.checksum();
        return count;
    }

    void end(State how, VmExit.@Nullable Failure why) {
        state = how;
        failure = why;
        from = 0;
        to = 0;
        block = NO_BLOCK;
    }
}
