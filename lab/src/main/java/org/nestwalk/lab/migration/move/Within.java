package org.nestwalk.lab.migration.move;

import org.nestwalk.hypervisor.migration.MigrationProgress;

/// What a side of a move does otherwise if both are in one process: somebody watches both, and ends
/// the guest and not only its migration.
interface Within {
    /// Of the migration. The target takes no other.
    long id();

    /// A guest runs, and moves not.
    ///
    /// @param phase where
    /// @param made accesses of all its programs
    /// @return false to end it
    boolean runs(String phase, long made);

    /// A step of the migration.
    void moves(MigrationProgress progress);
}
