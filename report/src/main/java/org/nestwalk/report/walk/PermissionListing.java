package org.nestwalk.report.walk;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.nestwalk.bits.SecondLevelTranslation;
import org.nestwalk.paging.WalkResult;

/// What a translation allows programs in user mode, by dimension: of R (read), W (write), X
/// (execute) and U (user mode) those that are granted. The components are the fields of its JSON
/// form.
///
/// @param guest the AND over the guest's (or the only) table
/// @param second the AND over the second-level table, or null where there is none; it knows no U
/// @param effective the AND of both
public record PermissionListing(String guest, @Nullable String second, String effective) {
    static PermissionListing of(WalkResult result, boolean hasSecondLevel) {
        long rights = result.secondLevel();
        boolean read = (rights & SecondLevelTranslation.READ) != 0;
        boolean write = (rights & SecondLevelTranslation.WRITE) != 0;
        boolean execute = (rights & SecondLevelTranslation.USER_EXECUTE) != 0;
        boolean user = result.guestUser();
        return new PermissionListing(
                text(true, result.guestWritable(), !result.guestNoExecute(), user),
                hasSecondLevel ? text(read, write, execute, false) : null,
                text(
                        read,
                        write && result.guestWritable(),
                        execute && !result.guestNoExecute(),
                        user));
    }

    private static String text(boolean read, boolean write, boolean execute, boolean user) {
        List<String> granted = new ArrayList<>();
        if (read) {
            granted.add("R");
        }
        if (write) {
            granted.add("W");
        }
        if (execute) {
            granted.add("X");
        }
        if (user) {
            granted.add("U");
        }
        return granted.isEmpty() ? "none" : String.join(" ", granted);
    }
}
