package org.nestwalk.guest.kernel;

import org.jspecify.annotations.Nullable;
import org.nestwalk.bits.Access;
import org.nestwalk.guest.AccessSource;
import org.nestwalk.machine.Checksum;
import org.nestwalk.machine.CpuState;
import org.nestwalk.machine.VmExit;

/// A program that a process runs: one thread of accesses, on one virtual CPU.
public final class Task {
    private static final int BLOCK = 1 << 14;

    /// How far a task is.
    public enum State {
        /// It has accesses to make.
        READY,
        /// It has made all.
        FINISHED,
        /// It could not go on; see [Task#failure].
        FAILED,
        /// Its process was ended.
        KILLED
    }

    private final GuestProcess process;
    private final AccessSource source;
    private final long[] block = new long[BLOCK];
    private int from;
    private int to;
    private long made;
    private long cursor;
    private long checksum = Checksum.START;
    private State state = State.READY;
    private VmExit.@Nullable Failure failure;

    Task(GuestProcess process, AccessSource source) {
        this.process = process;
        this.source = source;
    }

    /// A task that goes on where `parent` is.
    ///
    /// @param fresh the parent's program from its start
    Task(GuestProcess process, AccessSource fresh, Task parent) {
        this(process, fresh);
        while (made < parent.made && refill()) {
            from = Access.skip(block, 0, to, parent.made - made);
            made += Access.count(block, 0, from);
        }
        cursor = parent.cursor;
        checksum = parent.checksum;
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

    /// Of what has been loaded; see [Checksum].
    public long checksum() {
        return checksum;
    }

    /// Whether there is an access to make in the block, or there was one to fetch to it.
    boolean hasNext() {
        return from < to || refill();
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
        from = position;
        cursor = cpu.cursor();
        checksum = cpu.checksum();
        return count;
    }

    void end(State how, VmExit.@Nullable Failure why) {
        state = how;
        failure = why;
    }

    private boolean refill() {
        from = 0;
        to = source.next(block);
        return to > 0;
    }
}
