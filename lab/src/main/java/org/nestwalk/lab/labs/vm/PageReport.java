package org.nestwalk.lab.labs.vm;

import java.util.List;
import org.jspecify.annotations.Nullable;
import org.nestwalk.lab.vm.VmResult;

/// Pages by size at one time, in bytes, as JSON. What is the host's is left out in native mode.
///
/// @param nanoseconds that the busiest CPU had run
/// @param accesses made by then
/// @param exits of all CPUs by then
/// @param guestSmall mapped by the guest with 4-KiB pages
/// @param guestLarge mapped by the guest with 2-MiB pages
/// @param hostSmall guest memory backed by 4-KiB pages
/// @param hostLarge guest memory backed by 2-MiB pages
/// @param guestLargeOnLarge of `guestLarge`, what is backed by 2-MiB pages
public record PageReport(
        long nanoseconds,
        long accesses,
        long exits,
        long guestSmall,
        long guestLarge,
        @Nullable Long hostSmall,
        @Nullable Long hostLarge,
        @Nullable Long guestLargeOnLarge) {
    private static final PageReport NOTHING = new PageReport(0, 0, 0, 0, 0, null, null, null);

    static PageReport of(VmResult.Moment moment, boolean isNative) {
        return new PageReport(
                moment.nanoseconds(),
                moment.accesses(),
                moment.exits(),
                moment.guestSmall(),
                moment.guestLarge(),
                isNative ? null : (Long) moment.hostSmall(),
                isNative ? null : (Long) moment.hostLarge(),
                isNative ? null : (Long) moment.guestLargeOnLarge());
    }

    /// The last of those at which the guest mapped the most: processes free their pages when they
    /// end.
    static PageReport peak(List<PageReport> timeline) {
        PageReport peak = NOTHING;
        for (PageReport moment : timeline) {
            if (moment.guestBytes() >= peak.guestBytes()) {
                peak = moment;
            }
        }
        return peak;
    }

    private long guestBytes() {
        return guestSmall + guestLarge;
    }
}
