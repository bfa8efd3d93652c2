package org.nestwalk.guest;

import org.nestwalk.InputException;

/// What a program asks its kernel for between two accesses.
///
/// Ranges of memory are linear addresses below 2^47, and whole 4-KiB pages unless it is said. A
/// call that its kernel refuses ends the program, as an access that it has no right to does: a
/// program that is generated has no use for an error.
public sealed interface SystemCall {
    /// The same call, its addresses `offset` bytes higher.
    SystemCall displaced(long offset);

    /// `mmap` of anonymous memory at a fixed address (MAP_FIXED_NOREPLACE): the range becomes
    /// usable for loads and stores, and reads as zeroes. Nothing of it may be mapped yet.
    ///
    /// @param start the first address
    /// @param bytes how many
    record Map(long start, long bytes) implements SystemCall {
        /// Checks the bounds above.
        ///
        /// @throws InputException if one is violated
        public Map {
            require(start, bytes);
        }

        @Override
        public Map displaced(long offset) {
            return new Map(start + offset, bytes);
        }
    }

    /// `munmap`: the range can be used no more, and what it held is lost.
    ///
    /// @param start the first address
    /// @param bytes how many
    record Unmap(long start, long bytes) implements SystemCall {
        /// Checks the bounds above.
        ///
        /// @throws InputException if one is violated
        public Unmap {
            require(start, bytes);
        }

        @Override
        public Unmap displaced(long offset) {
            return new Unmap(start + offset, bytes);
        }
    }

    /// `madvise`.
    ///
    /// @param advice what is said about the range
    /// @param start the first address
    /// @param bytes how many
    record Advise(Advice advice, long start, long bytes) implements SystemCall {
        /// Checks the bounds above.
        ///
        /// @throws InputException if one is violated
        public Advise {
            require(start, bytes);
        }

        @Override
        public Advise displaced(long offset) {
            return new Advise(advice, start + offset, bytes);
        }
    }

    /// What [Advise] can say.
    enum Advice {
        /// MADV_DONTNEED: what the range holds is not needed any more; it stays usable, and reads
        /// as zeroes.
        DONT_NEED,
        /// MADV_POPULATE_WRITE: all of the range will be written; it is given memory now.
        POPULATE,
        /// The same, and the hypervisor is asked for its memory behind the guest's first: no touch
        /// of the range leaves the guest then.
        PREFETCH
    }

    /// `pread`: copies part of a file to memory. Files have numbers, need no opening, are empty at
    /// first, and are all of a guest's processes'; what was never written reads as zeroes.
    ///
    /// @param file its number
    /// @param offset where in the file, a multiple of 8
    /// @param start the first address to copy to, a multiple of 8
    /// @param bytes how many, a positive multiple of 8
    record Read(int file, long offset, long start, long bytes) implements SystemCall {
        /// Checks the bounds above.
        ///
        /// @throws InputException if one is violated
        public Read {
            requireWords(offset, start, bytes);
        }

        @Override
        public Read displaced(long by) {
            return new Read(file, offset, start + by, bytes);
        }
    }

    /// `pwrite`: copies memory to part of a file, which grows if it has to.
    ///
    /// @param file its number
    /// @param offset where in the file, a multiple of 8
    /// @param start the first address to copy from, a multiple of 8
    /// @param bytes how many, a positive multiple of 8
    record Write(int file, long offset, long start, long bytes) implements SystemCall {
        /// Checks the bounds above.
        ///
        /// @throws InputException if one is violated
        public Write {
            requireWords(offset, start, bytes);
        }

        @Override
        public Write displaced(long by) {
            return new Write(file, offset, start + by, bytes);
        }
    }

    /// A call of the program's own to the hypervisor, as VMCALL in user mode would make it if the
    /// kernel passed it on. Its answer depends on who runs the program, and so is no part of the
    /// program's result.
    ///
    /// @param number which call
    /// @param first argument
    /// @param second argument
    /// @param third argument
    record Hypercall(int number, long first, long second, long third) implements SystemCall {
        /// Arguments are no linear addresses, and stay as they are.
        @Override
        public Hypercall displaced(long offset) {
            return this;
        }
    }

    private static void requireWords(long offset, long start, long bytes) {
        if (offset < 0
                || start < 0
                || bytes <= 0
                || ((offset | start | bytes) & 7) != 0
                || start > (1L << 47) - bytes
                || offset > (1L << 47) - bytes) {
            throw new InputException(
                    "a system call to copy %d bytes between 0x%x and offset %d of a file; they must be whole words of 8 bytes below 2^47"
                            .formatted(bytes, start, offset));
        }
    }

    private static void require(long start, long bytes) {
        if (start < 0
                || bytes <= 0
                || ((start | bytes) & 4095) != 0
                || start > (1L << 47) - bytes) {
            throw new InputException(
                    "a system call about %d bytes from 0x%x; it must be about whole pages of 4KiB below 2^47"
                            .formatted(bytes, start));
        }
    }
}
