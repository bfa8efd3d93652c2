package org.nestwalk.machine;

import org.nestwalk.InputException;
import org.nestwalk.Quantities;

/// The settings of a virtual machine.
///
/// @param name to call it by in reports and errors
/// @param memoryBytes guest-physical memory, from address 0; a positive multiple of 2 MiB, up to 16
///   TiB
/// @param cpus virtual CPUs, 1 to 256
/// @param mode how its addresses are translated
/// @param protection of its memory against the hypervisor
public record VmSettings(
        String name, long memoryBytes, int cpus, TranslationMode mode, Protection protection) {
    /// The most virtual CPUs of a virtual machine.
    public static final int MOST_CPUS = 256;

    private static final long LARGE_PAGE = 1L << 21;
    private static final long MOST_BYTES = 16L << 40;

    /// Without protection.
    ///
    /// @throws InputException if a bound is violated
    public VmSettings(String name, long memoryBytes, int cpus, TranslationMode mode) {
        this(name, memoryBytes, cpus, mode, Protection.NONE);
    }

    /// Checks the bounds above.
    ///
    /// @throws InputException if one is violated
    public VmSettings {
        if (memoryBytes <= 0 || memoryBytes % LARGE_PAGE != 0) {
            throw new InputException(
                    "guest memory of %s is not a positive multiple of 2MiB"
                            .formatted(Quantities.counted(memoryBytes, "byte")));
        }
        if (memoryBytes > MOST_BYTES) {
            throw new InputException(
                    "guest memory of %,d bytes is more than 16TiB".formatted(memoryBytes));
        }
        if (cpus < 1 || cpus > MOST_CPUS) {
            throw new InputException(
                    "a virtual machine has 1 to %d virtual CPUs, not %d"
                            .formatted(MOST_CPUS, cpus));
        }
    }

    /// These settings under another name.
    public VmSettings withName(String name) {
        return new VmSettings(name, memoryBytes, cpus, mode, protection);
    }

    /// Checks that a range of guest-physical addresses lies in its memory.
    ///
    /// @param bytes at least 0
    /// @throws GuestFailure if it does not
    public void checkInside(long gpa, long bytes) {
        if (gpa < 0 || bytes < 0 || gpa > memoryBytes - bytes) {
            throw new GuestFailure(
                    VmExit.Cause.BEYOND_GUEST_MEMORY,
                    "%s used guest-physical address 0x%x, beyond its %d bytes"
                            .formatted(name, gpa, memoryBytes));
        }
    }
}
