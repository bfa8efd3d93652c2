package org.nestwalk.machine;

/// What the work of hypervisor and guest kernel costs, in cycles: parameters of the simulated
/// machine, beside those of its processor.
///
/// @param exit leaving the guest, finding out why, and entering it again
/// @param mapping allocating memory and writing the entries that map it, for a page of any size
/// @param zeroing writing 4 KiB of zeroes, or reading 4 KiB to see what they hold
/// @param copying copying 4 KiB
/// @param interrupt sending an interrupt to another CPU and waiting for it, for each
/// @param interrupted being interrupted, invalidating, and going on
/// @param scanning looking at one 4-KiB page's entry, or at one frame
/// @param shadowing emulating a walk, or a write, and writing a shadow entry if there is one
/// @param fault an exception's entry and return with the kernel's look-up and allocation
/// @param contextSwitch choosing and switching to another process, CR3 apart
public record SoftwareCosts(
        int exit,
        int mapping,
        int zeroing,
        int copying,
        int interrupt,
        int interrupted,
        int scanning,
        int shadowing,
        int fault,
        int contextSwitch) {
    /// None: where time is measured, and nobody asks for them.
    public static final SoftwareCosts NONE = new SoftwareCosts(0, 0, 0, 0, 0, 0, 0, 0, 0, 0);

    /// Costs for a processor whose exit and entry, with the hypervisor's dispatch, take
    /// `exitCycles` ([org.nestwalk.mmu.model.CostModel#exitCycles]).
    ///
    /// Zeroing is about 0.4 us at 2.5 GHz, within the 0.25 to 1 us that allocation and zeroing of a
    /// page take in Linux. All of them are assumptions: orders of magnitude of current processors,
    /// meant to be varied.
    public static SoftwareCosts assumed(int exitCycles) {
        return new SoftwareCosts(
                exitCycles, 1_000, 1_000, 1_500, 2_000, 1_500, 50, 2_000, 1_000, 1_500);
    }
}
