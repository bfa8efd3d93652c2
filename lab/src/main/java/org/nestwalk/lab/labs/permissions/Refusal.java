package org.nestwalk.lab.labs.permissions;

import org.nestwalk.bits.Access;
import org.nestwalk.lab.labs.permissions.PermissionsResult.Cell;
import org.nestwalk.lab.labs.permissions.PermissionsResult.GuestRights;
import org.nestwalk.machine.SecondLevelMap;

/// Whose rights refuse an access, whoever is told of it.
enum Refusal {
    NOBODY("nobody"),
    GUEST("the guest's entry"),
    HYPERVISOR("the second level"),
    BOTH("both");

    private final String label;

    Refusal(String label) {
        this.label = label;
    }

    /// Its name in reports.
    String label() {
        return label;
    }

    /// Whose rights refuse the access of `cell`: those of the guest's entry with CR0.WP set and
    /// SMEP and SMAP clear (Intel SDM volume 3A, section 4.6.1), and those of the second level
    /// (volume 3C, section 28.2.3.2; AMD APM volume 2, section 15.25.5).
    static Refusal of(Cell cell) {
        boolean guest = !grants(cell.guest(), cell.access(), cell.user());
        boolean host = (cell.host() & needed(cell.access())) == 0;
        if (guest) {
            return host ? BOTH : GUEST;
        }
        return host ? HYPERVISOR : NOBODY;
    }

    private static boolean grants(GuestRights rights, int access, boolean user) {
        if (!rights.present() || user && !rights.user()) {
            return false;
        }
        return switch (access) {
            case Access.STORE -> rights.write();
            case Access.FETCH -> !rights.noExecute();
            default -> true;
        };
    }

    private static int needed(int access) {
        return switch (access) {
            case Access.STORE -> SecondLevelMap.WRITE;
            case Access.FETCH -> SecondLevelMap.EXECUTE;
            default -> SecondLevelMap.READ;
        };
    }
}
