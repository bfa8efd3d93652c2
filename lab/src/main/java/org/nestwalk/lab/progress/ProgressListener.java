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
}
