package org.nestwalk.guest;

import org.jspecify.annotations.Nullable;
import org.nestwalk.bits.Access;

/// What a program, generated or recorded, does, in program order: memory accesses, and system calls
/// between them.
///
/// Accesses travel in blocks of packed words ([org.nestwalk.bits.Access]), so that there is one
/// virtual call per block and none per access; a block ends before a system call. Whoever has no
/// kernel takes an [AccessSource], which makes none.
@FunctionalInterface
public interface StepSource {
    /// Writes the next accesses, up to the next system call, to `block` from index 0 and returns
    /// how many: at most `block.length`, and 0 if none comes before the next system call, or at the
    /// end of the stream and ever after. An access that crosses pages is in one block with all its
    /// parts, for which `block` has room: 17 words. Neither allocates nor blocks for anything but
    /// its own input.
    int next(long[] block);

    /// The system call that follows the accesses that the last [#next] returned, before any other;
    /// null if none does: then the stream has ended if there was no access either. To be asked
    /// after each [#next]; the answer is the same until the next one.
    default @Nullable SystemCall call() {
        return null;
    }

    /// Where the instruction would be that makes the access at `index` of `block`, which the last
    /// [#next] filled, if the program had a text: the same in every run. Whoever says nothing else
    /// has one instruction for each kind of access.
    default long instruction(long[] block, int index) {
        return TEXT + (long) Access.kind(block[index]) * Long.BYTES;
    }

    /// Where programs' text begins: the first page behind the headers of a static executable by GNU
    /// ld on x86-64.
    long TEXT = 0x40_1000;
}
