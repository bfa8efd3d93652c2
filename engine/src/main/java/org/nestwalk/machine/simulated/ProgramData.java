package org.nestwalk.machine.simulated;

import org.nestwalk.bits.Access;
import org.nestwalk.machine.Checksum;
import org.nestwalk.memory.PhysicalMemory;

/// What a program does with its data, once its accesses are translated: the part of a virtual CPU's
/// state that holds the program's one result ([Checksum]).
final class ProgramData {
    private final PhysicalMemory memory;
    private long cursor;
    private long checksum = Checksum.START;

    /// On the host's memory, as the guest's processor sees it.
    ProgramData(PhysicalMemory memory) {
        this.memory = memory;
    }

    /// Performs the accesses from index `from` up to, not including, `to`.
    ///
    /// @param physical the host-physical address of each
    void perform(long[] accesses, long[] physical, int from, int to) {
        PhysicalMemory memory = this.memory;
        long cursor = this.cursor;
        long checksum = this.checksum;
        for (int i = from; i < to; i++) {
            int kind = Access.kind(accesses[i]);
            if (kind == Access.FETCH) {
                continue;
            }
            long word = physical[i] & ~7L;
            if (kind != Access.STORE) {
                checksum = Checksum.fold(checksum, memory.read(word));
            }
            if (kind != Access.LOAD) {
                memory.store(word, Checksum.value(cursor));
            }
            cursor++;
        }
        this.cursor = cursor;
        this.checksum = checksum;
    }

    long cursor() {
        return cursor;
    }

    long checksum() {
        return checksum;
    }

    void restore(long cursor, long checksum) {
        this.cursor = cursor;
        this.checksum = checksum;
    }
}
