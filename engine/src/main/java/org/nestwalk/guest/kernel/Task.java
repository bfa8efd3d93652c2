package org.nestwalk.guest.kernel;

import java.util.Arrays;
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
import org.nestwalk.memory.Longs;

/// A program that a process runs: one thread of accesses, on one virtual CPU.
public final class Task {
    private static final int BLOCK = 1 << 14;
    private static final int MOST_AHEAD = 1 << 8;

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
    private long[] block = NO_BLOCK;
    private int from;
    private int to;
    private @Nullable SystemCall call;

    // What the state that it goes on by says that it does next, until its program has been passed
    // over to there; null then.
    private @Nullable Longs ahead;
    private long aheadFrom;
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

    /// The task that `saved` tells of. Its program is passed over when what the state has of it
    /// ahead is used up.
    ///
    /// @throws InputException if there is nothing ahead, and its program ends before it is where it
    ///   should be
    static Task restore(GuestProcess process, KernelState.TaskState saved, ProgramOpener programs) {
        boolean goesOn = saved.state() == State.READY;
        Task task =
                new Task(
                        process,
                        goesOn ? programs.open(saved.program()) : block -> 0,
                        saved.program());
        if (!goesOn) {
            task.place(saved.progress());
            task.end(saved.state(), saved.failure());
        } else if (saved.ahead().size() == 0) {
            task.goOn(saved.progress());
        } else {
            task.place(saved.progress());
            task.ahead = saved.ahead();
            task.aheadFrom = task.steps;
            task.block = saved.ahead().toArray();
            task.to = task.block.length;
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
        boolean _ = state == State.READY && hasNext();
        long[] next = Arrays.copyOfRange(block, from, Math.min(to, from + MOST_AHEAD));
        return new KernelState.TaskState(program, progress(), Longs.of(next), state, failure);
    }

    /// How far it is.
    KernelState.Progress progress() {
        return new KernelState.Progress(steps, made, cursor, checksum);
    }

    /// Passes over what another has done, from the start of its program.
    ///
    /// @throws InputException if the program ends before
    void goOn(KernelState.Progress other) {
        passOver(other.steps());
        place(other);
    }

    private void passOver(long wanted) {
        while (steps < wanted) {
            if (!hasNext() && call == null) {
                throw new InputException(
                        "%s ends after %d steps, and cannot go on after %d"
                                .formatted(process.name(), steps, wanted));
            }
            int passed = (int) Math.min(to - from, wanted - steps);
            from += passed;
            steps += passed;
            if (from == to && steps < wanted && call != null) {
                called();
            }
        }
    }

    /// What was ahead is used up: passes over the program from its start, to where it is now.
    ///
    /// @throws InputException if the program does something else there
    private void catchUp(Longs done) {
        ahead = null;
        block = NO_BLOCK;
        from = 0;
        to = 0;
        steps = 0;
        passOver(aheadFrom);
        for (int i = 0; i < done.size(); i++) {
            if (!hasNext() || block[from] != done.get(i)) {
                throw new InputException(
                        "%s does something else after %d steps than the state that it goes on by says"
                                .formatted(process.name(), steps));
            }
            from++;
            steps++;
        }
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
        if (ahead != null) {
            catchUp(ahead);
            return hasNext();
        }
        if (call != null) {
            return false;
        }
        if (block.length == 0) {
            block = new long[BLOCK];
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
        ahead = null;
        block = NO_BLOCK;
    }
}
