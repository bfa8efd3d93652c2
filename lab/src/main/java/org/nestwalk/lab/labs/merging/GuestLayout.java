package org.nestwalk.lab.labs.merging;

import org.nestwalk.InputException;
import org.nestwalk.Quantities;
import org.nestwalk.bits.PageSize;

/// Where what a guest has lies in its memory: tables, its image, and the memory of its program, one
/// after the other.
///
/// @param imageBytes of the image, a multiple of 4 KiB
/// @param programBase lowest linear address of the program
/// @param programBytes of its memory, rounded up to 4 KiB
record GuestLayout(long imageBytes, long programBase, long programBytes) {
    static final long PAGE = PageSize.SIZE_4K.bytes();
    static final long IMAGE = PageSize.SIZE_2M.bytes();
    private static final long LARGE = PageSize.SIZE_2M.bytes();

    // What the tables in front of the image can map, with some to spare.
    private static final long MOST = 512L << 20;

    GuestLayout {
        programBytes = programBytes + (programBase & PAGE - 1) + PAGE - 1 & -PAGE;
        programBase = programBase & -PAGE;
        if (imageBytes + programBytes > MOST) {
            throw new InputException(
                    "an image of %s and a program of %s are more than the %s that a guest of this experiment has; use less"
                            .formatted(
                                    Quantities.formatSize(imageBytes),
                                    Quantities.formatSize(programBytes),
                                    Quantities.formatSize(MOST)));
        }
    }

    /// What is added to a guest-physical address behind the tables for its linear one.
    long displacement() {
        return programBase - IMAGE - imageBytes;
    }

    long mappedBytes() {
        return imageBytes + programBytes;
    }

    long memoryBytes() {
        return IMAGE + mappedBytes() + LARGE - 1 & -LARGE;
    }

    long imagePages() {
        return imageBytes / PAGE;
    }
}
