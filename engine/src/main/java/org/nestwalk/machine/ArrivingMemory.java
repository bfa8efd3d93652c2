package org.nestwalk.machine;

/// Memory of a virtual machine of which parts arrive after its guest has gone on. What arrives may
/// come from anywhere, and can be looked at before the guest finds it.
public interface ArrivingMemory {
    /// Memory that is all there.
    ArrivingMemory ALL_THERE =
            new ArrivingMemory() {
                @Override
                public boolean isMissing(long gpa) {
                    return false;
                }

                @Override
                public void beforeArrival(Visitor visitor) {}
            };

    /// Looks at pages that arrive.
    @FunctionalInterface
    interface Visitor {
        /// A page is about to be there.
        ///
        /// @param gpa its address
        /// @param words its 512 words, which are only lent
        /// @throws org.nestwalk.InputException if it must not: then it does not arrive
        void page(long gpa, long[] words);
    }

    /// Whether the 4-KiB page at `gpa`, a multiple of 4096, has not arrived yet.
    boolean isMissing(long gpa);

    /// From now on `visitor` is shown every page before it arrives.
    void beforeArrival(Visitor visitor);
}
