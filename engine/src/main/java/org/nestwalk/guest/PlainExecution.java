package org.nestwalk.guest;

import java.util.HashMap;
import java.util.Map;
import org.nestwalk.bits.Access;
import org.nestwalk.machine.Checksum;

/// A program on memory that nothing translates: what every execution of it in a virtual machine has
/// to end with. [Checksum] has the rules.
public final class PlainExecution {
    private static final int BLOCK = 4096;

    private final PlainMemory memory;
    private final Map<Integer, PlainMemory> files = new HashMap<>();
    private long cursor;
    private long checksum = Checksum.START;

    /// An execution that has not begun: no access made, all memory zero.
    public PlainExecution() {
        this(new PlainMemory());
    }

    private PlainExecution(PlainMemory memory) {
        this.memory = memory;
    }

    /// Runs a whole program from zeroed memory.
    public static PlainExecution of(StepSource source) {
        return of(source, Long.MAX_VALUE);
    }

    /// Runs the first `steps` steps of a program, packed words of accesses and system calls, from
    /// zeroed memory.
    public static PlainExecution of(StepSource source, long steps) {
        PlainExecution execution = new PlainExecution();
        execution.run(source, steps);
        return execution;
    }

    /// Runs a whole program on a copy of what this one has left in memory and files, with counts of
    /// its own.
    public PlainExecution then(StepSource source) {
        PlainExecution execution = new PlainExecution(memory.copy());
        files.forEach((number, file) -> execution.files.put(number, file.copy()));
        execution.run(source, Long.MAX_VALUE);
        return execution;
    }

    private void run(StepSource source, long steps) {
        long[] block = new long[BLOCK];
        for (long left = steps; left > 0; ) {
            int count = source.next(block);
            int made = (int) Math.min(count, left);
            run(block, 0, made);
            left -= made;
            SystemCall call = source.call();
            if (call == null && count == 0) {
                return;
            }
            if (call != null && left > 0) {
                call(call);
                left--;
            }
        }
    }

    /// Makes the accesses of `accesses` from index `from` up to, not including, `to`.
    public void run(long[] accesses, int from, int to) {
        for (int i = from; i < to; i++) {
            access(accesses[i]);
        }
    }

    /// Does what a system call does to memory: what is not mapped any more, or not needed, is
    /// zeroes when it is next read.
    public void call(SystemCall call) {
        switch (call) {
            case SystemCall.Unmap unmap -> memory.clear(unmap.start(), unmap.bytes());
            case SystemCall.Advise(SystemCall.Advice advice, long start, long bytes) -> {
                if (advice == SystemCall.Advice.DONT_NEED) {
                    memory.clear(start, bytes);
                }
            }
            case SystemCall.Read(int file, long offset, long start, long bytes) ->
                    memory.copy(file(file), offset, start, bytes);
            case SystemCall.Write(int file, long offset, long start, long bytes) ->
                    file(file).copy(memory, start, offset, bytes);
            case SystemCall.Map _, SystemCall.Hypercall _ -> {}
        }
    }

    private PlainMemory file(int number) {
        return files.computeIfAbsent(number, _ -> new PlainMemory());
    }

    /// Data accesses made so far.
    public long cursor() {
        return cursor;
    }

    /// The checksum of what has been loaded so far.
    public long checksum() {
        return checksum;
    }

    /// The word at `address`, a multiple of 8.
    public long word(long address) {
        return memory.read(address);
    }

    private void access(long access) {
        if (Access.isFetch(access)) {
            return;
        }
        long address = Access.address(access) & -8;
        if (Access.kind(access) != Access.STORE) {
            checksum = Checksum.fold(checksum, memory.read(address));
        }
        if (Access.isWrite(access)) {
            memory.write(address, Checksum.value(cursor));
        }
        cursor++;
    }
}
