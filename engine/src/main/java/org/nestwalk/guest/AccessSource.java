package org.nestwalk.guest;

/// A stream of memory accesses in program order: what a program, generated or recorded, does.
///
/// Accesses travel in blocks of packed words ([org.nestwalk.bits.Access]), so that there is one
/// virtual call per block and none per access.
public interface AccessSource {
    /// Writes the next accesses to `block` from index 0 and returns how many: at least 1 and at
    /// most `block.length` while there are any, 0 at the end of the stream and ever after. An
    /// access that crosses pages is in one block with all its parts, for which `block` has room: 17
    /// words. Neither allocates nor blocks for anything but its own input.
    int next(long[] block);
}
