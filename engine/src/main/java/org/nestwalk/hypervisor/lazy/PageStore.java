package org.nestwalk.hypervisor.lazy;

import org.nestwalk.memory.PageSet;

/// Where the contents of a virtual machine's memory are kept. Used by one thread at a time.
public interface PageStore {
    /// Whether the page at `gpa`, a multiple of 4096, holds anything but zeroes.
    boolean has(long gpa);

    /// Reads the page at `gpa`, a multiple of 4096.
    ///
    /// @param words receives 512 words
    /// @return bytes that had to be read from storage for it; 0 if they were at hand
    /// @throws org.nestwalk.InputException if it cannot be read
    long read(long gpa, long[] words);

    /// Adds the pages that hold anything to `into`.
    void pages(PageSet into);
}
