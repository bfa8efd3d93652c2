package org.nestwalk.hypervisor.migration;

/// Pages in the order in which something happens to them first in an interval, each at its time.
public final class Touches {
    private final int[] pages;
    private final int[] times;

    /// @param pages their numbers: guest-physical addresses / 4096; each once
    /// @param times nanoseconds from the beginning of the interval, ascending, one for each page
    public Touches(int[] pages, int[] times) {
        if (pages.length != times.length) {
            throw new IllegalArgumentException(
                    "%d pages at %d times".formatted(pages.length, times.length));
        }
        this.pages = pages.clone();
        this.times = times.clone();
    }

    /// How many there are.
    public int count() {
        return pages.length;
    }

    /// The guest-physical address of one of them.
    ///
    /// @param index 0 to less than [#count]
    public long gpa(int index) {
        return (long) pages[index] << 12;
    }

    /// Nanoseconds from the beginning of the interval.
    ///
    /// @param index 0 to less than [#count]
    public int time(int index) {
        return times[index];
    }
}
