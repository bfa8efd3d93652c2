package org.nestwalk.paging;

import org.nestwalk.memory.PhysicalMemory;

/// The virtualization-exception information area: where the processor describes an EPT violation
/// that it delivers to the guest as #VE (vector 20) instead of exiting.
///
/// ```text
///  offset  63                             32 31                              0
///   0     +---------------------------------+---------------------------------+
///         | busy: ffffffffh when written    | exit reason, 48                 |
///   8     +---------------------------------+---------------------------------+
///         | exit qualification                                                |
///  16     | guest linear address                                              |
///  24     | guest-physical address                                            |
///  32     | EPTP index (16 bits)                                              |
///         +-------------------------------------------------------------------+
/// ```
///
/// Source: Intel SDM volume 3C, section 25.5.6.
public final class VirtualizationExceptionArea {
    private static final long BUSY = 0xffff_ffffL << 32;
    private static final long EPT_VIOLATION = 48;

    private final PhysicalMemory memory;
    private final long address;
    private final int eptpIndex;

    /// An area at the host-physical page `address` for a CPU whose EPTP index is `eptpIndex`.
    public VirtualizationExceptionArea(PhysicalMemory memory, long address, int eptpIndex) {
        this.memory = memory;
        this.address = address;
        this.eptpIndex = eptpIndex & 0xffff;
    }

    /// Whether the guest has not yet released the area, so that a violation exits.
    boolean isBusy() {
        return (memory.read(address) & BUSY) != 0;
    }

    void describe(long qualification, long linearAddress, long gpa) {
        memory.write(address, BUSY | EPT_VIOLATION);
        memory.write(address + 8, qualification);
        memory.write(address + 16, linearAddress);
        memory.write(address + 24, gpa);
        memory.write(address + 32, eptpIndex);
    }
}
