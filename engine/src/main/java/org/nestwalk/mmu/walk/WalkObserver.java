package org.nestwalk.mmu.walk;

/// Sees a walk as the processor makes it, with what each step costs: for explanations. Cycles are
/// those of the machine's model.
public interface WalkObserver {
    /// Nothing is done.
    WalkObserver NONE = new WalkObserver() {};

    /// The walk, which caches shortened and which failed, is made again from the root and without
    /// caches.
    default void restarts() {}

    /// The second-level translation of a guest-physical address begins; also told where there is no
    /// second level.
    ///
    /// @param guestLevel level of the guest table entry at `gpa`, or 0 if `gpa` is the access's own
    default void secondLevelBegins(long gpa, int guestLevel) {}

    /// The paging-structure caches of a dimension were looked up.
    ///
    /// @param dimension as in [org.nestwalk.paging.WalkVisitor]
    /// @param found level of the entry that was found, 2 to 5, or 0: the walk begins at the root
    default void structureCacheLookup(int dimension, int found, int cycles) {}

    /// The nested TLB was looked up for the translation that began last.
    ///
    /// @param found whether it knows the translation and that grants enough
    default void nestedTlbLookup(boolean found, int cycles) {}

    /// An entry was read.
    ///
    /// @param level level of the table it is in, 5 to 1
    /// @param hpa host-physical address of the entry
    /// @param server which level of the memory hierarchy served it: 0 the first cache, or the page
    ///   walk cache in its place; the number of caches for memory
    default void reference(
            int dimension, int level, long hpa, long entry, int server, int cycles) {}

    /// Accessed or dirty flags were set in an entry.
    ///
    /// @param entry the value after the update
    default void flagUpdate(int dimension, int level, long hpa, long entry, int cycles) {}
}
