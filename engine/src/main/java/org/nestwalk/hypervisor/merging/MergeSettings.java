package org.nestwalk.hypervisor.merging;

/// How eagerly pages of the same contents are merged, as `/sys/kernel/mm/ksm` sets it.
///
/// @param pagesToScan pages looked at each time it wakes up
/// @param sleepNanos time asleep between that, in simulated nanoseconds
/// @param useZeroPages whether pages of zeroes are merged with a page for that, without looking for
///   another one
/// @param maxPageSharing how many pages one frame may back at most, so that whoever moves or drops
///   it has an end; 2 or more. The page of zeroes backs any number
public record MergeSettings(
        int pagesToScan, long sleepNanos, boolean useZeroPages, int maxPageSharing) {
    /// Linux's defaults: 100 pages, 20 ms, 0 and 256 (Documentation/admin-guide/mm/ksm.rst).
    public static final MergeSettings LINUX = new MergeSettings(100, 20_000_000L, false, 256);

    /// Checks the bounds.
    public MergeSettings {
        if (pagesToScan < 1 || sleepNanos < 1 || maxPageSharing < 2) {
            throw new IllegalArgumentException(
                    "%d pages, %d ns, %d sharing"
                            .formatted(pagesToScan, sleepNanos, maxPageSharing));
        }
    }

    /// The same, but `factor` times as many pages each time.
    public MergeSettings faster(double factor) {
        return new MergeSettings(
                (int) Math.max(1, Math.rint(pagesToScan * factor)),
                sleepNanos,
                useZeroPages,
                maxPageSharing);
    }
}
