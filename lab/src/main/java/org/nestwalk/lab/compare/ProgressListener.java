package org.nestwalk.lab.compare;

import java.util.OptionalLong;

/// Is told how far long work has come, and may end it.
public interface ProgressListener {
    /// No one watches.
    ProgressListener NONE = (done, total) -> true;

    /// Called a few times a second or more.
    ///
    /// @param done accesses run
    /// @param total accesses there are, if known
    /// @return false to end the work with what there is so far
    boolean update(long done, OptionalLong total);
}
