package org.nestwalk.hypervisor.merging;

/// Which pages are kept as patches, and how many are looked at.
///
/// @param pagesToScan pages looked at each time it wakes up
/// @param sleepNanos time asleep between that, in simulated nanoseconds
/// @param mostBytes the largest patch that is worth while
/// @param rest scans that a page is left alone after it was rebuilt, since somebody uses it
public record PatchSettings(int pagesToScan, long sleepNanos, int mostBytes, int rest) {
    /// Patches of half a page at most, as in Difference Engine; the pace of Linux's KSM, and one
    /// scan of rest, which are assumptions.
    public static final PatchSettings HALF_A_PAGE = new PatchSettings(100, 20_000_000L, 2048, 1);

    /// The same, but `factor` times as many pages each time.
    public PatchSettings faster(double factor) {
        return new PatchSettings(
                (int) Math.max(1, Math.rint(pagesToScan * factor)), sleepNanos, mostBytes, rest);
    }
}
