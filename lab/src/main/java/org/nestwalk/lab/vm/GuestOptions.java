package org.nestwalk.lab.vm;

import org.nestwalk.guest.kernel.KernelSettings;
import org.nestwalk.guest.kernel.NumaSettings;
import org.nestwalk.guest.kernel.PagePolicy;
import org.nestwalk.guest.kernel.ScanSettings;
import org.nestwalk.machine.SoftwareCosts;

/// What a guest has, and how its kernel manages memory.
///
/// @param memoryBytes guest memory
/// @param cpus virtual CPUs
/// @param pages what its kernel gives to first touches
/// @param scanFactor how many times as often as Linux's khugepaged its own works; 0 for none
/// @param pcids whether its kernel keeps translations over context switches
/// @param hint whether it announces large pages to the host
public record GuestOptions(
        long memoryBytes,
        int cpus,
        PagePolicy pages,
        double scanFactor,
        boolean pcids,
        boolean hint) {
    /// The same with so many virtual CPUs.
    public GuestOptions withCpus(int count) {
        return new GuestOptions(memoryBytes, count, pages, scanFactor, pcids, hint);
    }

    /// The same with these pages for first touches.
    public GuestOptions with(PagePolicy policy) {
        return new GuestOptions(memoryBytes, cpus, policy, scanFactor, pcids, hint);
    }

    /// The same, which announces large pages.
    public GuestOptions withHint() {
        return new GuestOptions(memoryBytes, cpus, pages, scanFactor, pcids, true);
    }

    /// Whether there can be large pages.
    boolean hasLargePages() {
        return pages != PagePolicy.SMALL || scanFactor != 0;
    }

    /// How its kernel works.
    ///
    /// @param levels of its tables
    /// @param costs of what the kernel does
    KernelSettings kernel(int levels, SoftwareCosts costs) {
        return new KernelSettings(pages, pcids, hint, scanning(), levels, costs, NumaSettings.NONE);
    }

    private ScanSettings scanning() {
        ScanSettings linux = ScanSettings.LINUX;
        return scanFactor == 0
                ? ScanSettings.OFF
                : new ScanSettings(
                        true,
                        linux.pagesToScan(),
                        Math.max(1, (long) (linux.sleepNanoseconds() / scanFactor)),
                        Math.max(1, (long) (linux.allocSleepNanoseconds() / scanFactor)),
                        linux.maxNone(),
                        linux.maxShared());
    }
}
