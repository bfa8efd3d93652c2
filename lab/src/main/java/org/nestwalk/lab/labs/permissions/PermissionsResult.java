package org.nestwalk.lab.labs.permissions;

import java.util.List;
import org.nestwalk.mmu.model.ProcessorModel.SecondLevelFormat;

/// What came of accesses to one page of a guest under combinations of rights.
///
/// @param machine the processor's name
/// @param secondLevel the format of the hypervisor's entries
/// @param cells every combination of the rows that were finished, in order
public record PermissionsResult(String machine, SecondLevelFormat secondLevel, List<Cell> cells) {
    /// Copies the list.
    public PermissionsResult {
        cells = List.copyOf(cells);
    }

    /// Who stops an access.
    public enum Outcome {
        /// Nobody: the access is made.
        ALLOWED,
        /// The guest's kernel gets a page fault.
        GUEST,
        /// The hypervisor gets an exit.
        HYPERVISOR
    }

    /// What the guest's leaf entry allows.
    ///
    /// @param present whether it maps anything
    /// @param user U/S: user-mode accesses
    /// @param write R/W
    /// @param noExecute XD
    public record GuestRights(boolean present, boolean user, boolean write, boolean noExecute) {}

    /// One combination and what came of it.
    ///
    /// @param guest what the guest's entry allows
    /// @param host bits of SecondLevelMap; 0 if nothing is mapped
    /// @param access load, store or fetch
    /// @param user whether in user mode
    /// @param outcome who stopped it
    public record Cell(GuestRights guest, int host, int access, boolean user, Outcome outcome) {}
}
