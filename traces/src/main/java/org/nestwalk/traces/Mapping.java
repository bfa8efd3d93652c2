package org.nestwalk.traces;

/// A range of a recorded program's address space, as `/proc/PID/maps` names it.
///
/// @param start the first address
/// @param end the address after the last one; greater than `start` as an unsigned number
/// @param name the mapped file, a bracketed kernel name such as `[stack]`, or empty for anonymous
public record Mapping(long start, long end, String name) {
    private static final String UNMAPPED = "(unmapped)";

    /// The range as one that the program unmapped before it ended, which its name then says first.
    public Mapping unmapped() {
        return new Mapping(start, end, (UNMAPPED + " " + name).trim());
    }

    /// Whether the program unmapped the range before it ended.
    public boolean isUnmapped() {
        return name.startsWith(UNMAPPED);
    }

    /// Whether `address` lies in the range.
    public boolean contains(long address) {
        return Long.compareUnsigned(address - start, end - start) < 0;
    }

    /// What to call the range: its name, or `(anonymous)`.
    public String label() {
        return name.isEmpty() ? "(anonymous)" : name;
    }
}
