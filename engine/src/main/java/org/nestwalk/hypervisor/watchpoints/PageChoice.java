package org.nestwalk.hypervisor.watchpoints;

/// Which of the watched pages are armed next. Pages have numbers from 0.
public interface PageChoice {
    /// Writes the numbers of the next pages to `armed`, all different, as many as it has elements.
    ///
    /// @param pages how many there are, at least as many as `armed` has elements
    void next(int pages, int[] armed);

    /// A page was accessed while it was armed.
    default void accessed(int page) {}
}
