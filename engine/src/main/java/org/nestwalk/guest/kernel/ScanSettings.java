package org.nestwalk.guest.kernel;

import org.nestwalk.InputException;

/// How [Khugepaged] works: the parameters below `/sys/kernel/mm/transparent_hugepage/khugepaged`.
///
/// Source: Linux, `Documentation/admin-guide/mm/transhuge.rst`; defaults from `mm/khugepaged.c`.
///
/// @param on whether it works at all
/// @param pagesToScan 4-KiB pages looked at before each sleep, at least 512
/// @param sleepNanoseconds between scans
/// @param allocSleepNanoseconds after a 2-MiB page could not be allocated
/// @param maxNone how many of the 512 pages may be missing, 0 to 511
/// @param maxShared how many may be shared with other processes, 0 to 511
public record ScanSettings(
        boolean on,
        int pagesToScan,
        long sleepNanoseconds,
        long allocSleepNanoseconds,
        int maxNone,
        int maxShared) {
    private static final int PAGES = 512;

    /// Linux's defaults.
    public static final ScanSettings LINUX =
            new ScanSettings(true, 8 * PAGES, 10_000_000_000L, 60_000_000_000L, 511, 256);

    /// No scanning.
    public static final ScanSettings OFF = new ScanSettings(false, 8 * PAGES, 1, 1, 511, 256);

    /// Checks the bounds above.
    ///
    /// @throws InputException if one is violated
    public ScanSettings {
        if (pagesToScan < PAGES) {
            throw new InputException(
                    "scanning %d pages at a time never makes a large one; scan %d or more"
                            .formatted(pagesToScan, PAGES));
        }
        if (sleepNanoseconds < 1 || allocSleepNanoseconds < 1) {
            throw new InputException("sleeps between scans must last 1ns or more");
        }
        if (maxNone < 0 || maxNone >= PAGES || maxShared < 0 || maxShared >= PAGES) {
            throw new InputException(
                    "of the %d pages of a large one, 0 to 511 may be missing and 0 to 511 shared, not %d and %d"
                            .formatted(PAGES, maxNone, maxShared));
        }
    }
}
