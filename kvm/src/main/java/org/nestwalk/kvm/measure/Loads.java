package org.nestwalk.kvm.measure;

import org.nestwalk.bits.PageSize;

/// Something that loads can be made on and timed: memory with pages of one size, natively or in a
/// guest.
public interface Loads extends AutoCloseable {
    /// Where programs run.
    enum Place {
        /// As a process of the host.
        NATIVE,
        /// In user mode in a guest of the host's KVM.
        GUEST
    }

    /// Where these run.
    Place place();

    /// The size of the pages; in a guest of both dimensions.
    PageSize pages();

    /// Bytes of memory: no pattern may be larger.
    long bytes();

    /// Makes loads that do not wait for each other, to fill caches and TLBs, and then loads that
    /// each wait for the one before.
    ///
    /// @param warming loads that wait for nothing, at least 1
    /// @param settling loads that wait before those that are timed, at least 1: slow loads keep
    ///   less than fast ones of a cache that others use meanwhile, and it takes them milliseconds
    ///   to come to that state
    /// @param loads to time, at least 1
    /// @return ticks of the time-stamp counter that these took
    long chase(LoadPattern pattern, int warming, int settling, int loads);

    /// The same with one load that settles, where caches hold all that is loaded.
    default long chase(LoadPattern pattern, int warming, int loads) {
        return chase(pattern, warming, 1, loads);
    }

    /// Makes loads that do not wait for each other.
    ///
    /// @param loads at least 1
    /// @return ticks of the time-stamp counter that they took
    long flood(LoadPattern pattern, int loads);

    @Override
    void close();
}
