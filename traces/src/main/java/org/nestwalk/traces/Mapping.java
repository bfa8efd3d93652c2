package org.nestwalk.traces;

/// A range of a recorded program's address space, as `/proc/PID/maps` names it.
///
/// @param start the first address
/// @param end the address after the last one; greater than `start` as an unsigned number
/// @param name the mapped file, a bracketed kernel name such as `[stack]`, or empty for anonymous
public record Mapping(long start, long end, String name) {
    /// Whether `address` lies in the range.
    public boolean contains(long address) {
        return Long.compareUnsigned(address - start, end - start) < 0;
    }

    /// What to call the range: its name, or `(anonymous)`.
    public String label() {
        return name.isEmpty() ? "(anonymous)" : name;
    }
}
