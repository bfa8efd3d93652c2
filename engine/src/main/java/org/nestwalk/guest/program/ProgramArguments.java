package org.nestwalk.guest.program;

import org.nestwalk.InputException;
import org.nestwalk.parameter.Arguments;

/// The values of a program's parameters.
///
/// @param values all of them
public record ProgramArguments(Arguments values) {
    /// Where the data of programs lies unless told otherwise.
    static final long BASE = 0x7f0000000000L;

    /// Where data lies by default that would reach beyond the lower half of a 48-bit linear address
    /// space from [#BASE].
    static final long BASE_OF_LARGE = 0x100000000000L;

    /// The end of the lower half of a 48-bit linear address space.
    static final long END = 1L << 47;

    /// The value of a parameter in canonical form.
    public String text(String name) {
        return values.text(name);
    }

    /// The value of a size, in bytes.
    public long size(String name) {
        return values.size(name);
    }

    /// The value of a count.
    public long count(String name) {
        return values.count(name);
    }

    /// The value of a number.
    public double number(String name) {
        return values.number(name);
    }

    /// Bytes of data, an upper bound.
    public long footprint() {
        return size("footprint");
    }

    /// How many accesses are made.
    public long accesses() {
        return count("accesses");
    }

    /// The seed of all that is random.
    public long seed() {
        return values.seed("seed");
    }

    /// The first address: that of parameter `base`; above it, [#BASE_OF_LARGE] for footprints that
    /// do not fit beside [#BASE]; or [#BASE] in programs without it.
    public long base() {
        return values.values().containsKey("base") ? values.address("base") : BASE;
    }

    /// The default base of a program with this footprint.
    static long defaultBase(long footprint) {
        return footprint <= END - BASE ? BASE : BASE_OF_LARGE;
    }

    /// Refuses data that reaches beyond the lower half of the address space.
    ///
    /// @throws InputException that says what would be right
    void requireLowerHalf() {
        if (footprint() > END - base()) {
            throw values.bad(
                    "base",
                    "the data would end at 0x%x, beyond 0x%x; choose a smaller base or footprint"
                            .formatted(base() + footprint(), END));
        }
    }
}
