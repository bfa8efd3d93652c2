package org.nestwalk.lab.progress;

import org.nestwalk.document.Document;

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

    /// Whether somebody wants to see what there is so far, if that is worth a picture.
    default boolean wantsCharts() {
        return false;
    }

    /// Shows it; called after [#wantsCharts] only.
    ///
    /// @param charts of what is done and of what is being done, with a sentence that says of what
    default void see(Document charts) {}
}
