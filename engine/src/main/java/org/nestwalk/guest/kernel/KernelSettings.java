package org.nestwalk.guest.kernel;

import org.nestwalk.machine.SoftwareCosts;

/// How a guest's kernel manages memory.
///
/// @param pages what first touches are given
/// @param pcids whether translations stay cached under a process-context identifier while another
///   process runs
/// @param hints whether the kernel announces large pages to the hypervisor before it uses them
///   ([org.nestwalk.machine.Hypercalls#HINT_LARGE_PAGES])
/// @param scanning whether and how 4-KiB pages are made large later
/// @param levels of page tables, 4 or 5, as the processor is set up
/// @param costs what the kernel's own work costs
/// @param numa what it knows of nodes
public record KernelSettings(
        PagePolicy pages,
        boolean pcids,
        boolean hints,
        ScanSettings scanning,
        int levels,
        SoftwareCosts costs,
        NumaSettings numa) {

    /// With PCIDs, 4-level tables, no hints, and no scanning.
    public static KernelSettings of(PagePolicy pages, SoftwareCosts costs) {
        return new KernelSettings(
                pages, true, false, ScanSettings.OFF, 4, costs, NumaSettings.NONE);
    }

    /// These settings without PCIDs.
    public KernelSettings withoutPcids() {
        return new KernelSettings(pages, false, hints, scanning, levels, costs, numa);
    }

    /// These settings with hints.
    public KernelSettings withHints() {
        return new KernelSettings(pages, pcids, true, scanning, levels, costs, numa);
    }

    /// These settings with scanning.
    public KernelSettings with(ScanSettings settings) {
        return new KernelSettings(pages, pcids, hints, settings, levels, costs, numa);
    }

    /// These settings with knowledge of nodes.
    public KernelSettings with(NumaSettings settings) {
        return new KernelSettings(pages, pcids, hints, scanning, levels, costs, settings);
    }
}
