package org.nestwalk.machine;

import org.nestwalk.memory.PageSet;

/// What the memory of a virtual machine held at the moment of [VirtualMachine#freeze]; it never
/// changes. Its pages are shared with that virtual machine and with all that are made of it, until
/// they are written. Methods may be called by any thread while no other uses it.
public interface FrozenMemory extends AutoCloseable {
    /// All of it, in bytes.
    long bytes();

    /// The word at `gpa`, a multiple of 8; 0 where nothing was backed.
    long read(long gpa);

    /// Copies the page at `gpa` to `words`, [GuestMemory#PAGE_WORDS] of them; zeroes where nothing
    /// was backed.
    void readPage(long gpa, long[] words);

    /// Adds the pages that were backed to `into`. Takes time in proportion to how many there are.
    void pages(PageSet into);

    /// A new virtual machine with this memory and with the settings, but for its name, of the one
    /// that was frozen. Its CPUs are stopped, in the state of a new one. Takes time that does not
    /// depend on how much of the memory is backed; pages are found at their first touch.
    ///
    /// @throws org.nestwalk.InputException if the host has no room for one more
    /// @throws IllegalStateException if it was closed
    VirtualMachine fork(String name);

    /// Gives back what nobody shares. Virtual machines made of it go on as they are. May be called
    /// twice.
    @Override
    void close();
}
