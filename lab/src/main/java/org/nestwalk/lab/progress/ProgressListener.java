package org.nestwalk.lab.progress;

/// Receives how far long work has come, and may end it.
@FunctionalInterface
public interface ProgressListener {
    /// No one watches.
    ProgressListener NONE = event -> true;

    /// Called a few times a second or more.
    ///
    /// @return false to end the work with what there is so far
    boolean update(ProgressEvent event);

    /// Whether somebody wants to see the pages of what runs now, if it is a virtual machine.
    default boolean wantsPages() {
        return false;
    }

    /// Shows them; called after [#wantsPages] only.
    default void see(LivePages pages) {}
}
