package org.nestwalk.paging;

/// Sees every step of a walk: explanations, timing and statistics are visitors of the one walk.
///
/// A reference is one read of a paging-structure entry. Flag updates are not references; they are
/// reported after the reads of the dimension they belong to.
public interface WalkVisitor {
    /// The guest's tables, or the only tables where there is no second level.
    int GUEST = 0;

    /// The second-level tables.
    int SECOND = 1;

    /// Nothing is done.
    WalkVisitor NONE = new WalkVisitor() {};

    /// An entry was read.
    ///
    /// @param dimension [#GUEST] or [#SECOND]
    /// @param level level of the table it is in, 5 to 1
    /// @param hpa host-physical address of the entry
    /// @param entry its value
    default void reference(int dimension, int level, long hpa, long entry) {}

    /// References follow that are made at once, and only the slowest of them is waited for; or all
    /// of them have been. What is made at once may have such parts itself.
    ///
    /// @param begins whether they follow
    default void together(boolean begins) {}

    /// Whether all that matters of a reference is that there was one: then [#references] may stand
    /// for several calls of [#reference].
    default boolean countsOnly() {
        return false;
    }

    /// As many entries of `dimension` were read as `count` says.
    default void references(int dimension, int count) {}

    /// Accessed or dirty flags were set in an entry.
    ///
    /// @param entry the value after the update
    default void flagUpdate(int dimension, int level, long hpa, long entry) {}

    /// The walk, which caches shortened and which failed, is made again from the root.
    default void restarts() {}

    /// The second-level translation of a guest-physical address begins; also when flags are to be
    /// set in a guest entry that could be read but may not be written.
    ///
    /// @param guestLevel level of the guest table entry at `gpa`, or 0 if `gpa` is the access's own
    default void secondLevelBegins(long gpa, int guestLevel) {}
}
