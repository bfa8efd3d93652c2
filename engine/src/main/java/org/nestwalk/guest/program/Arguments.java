package org.nestwalk.guest.program;

import java.util.Map;
import org.nestwalk.InputException;
import org.nestwalk.Quantities;

/// The values of a program's parameters, checked, in canonical form.
final class Arguments {
    /// Where the data of programs lies unless told otherwise.
    static final long BASE = 0x7f0000000000L;

    /// Where data lies by default that would reach beyond the lower half of a 48-bit linear address
    /// space from [#BASE].
    static final long BASE_OF_LARGE = 0x100000000000L;

    /// The end of the lower half of a 48-bit linear address space.
    static final long END = 1L << 47;

    private final Map<String, String> values;

    /// With one value for each parameter of the program.
    Arguments(Map<String, String> values) {
        this.values = values;
    }

    String text(String name) {
        String value = values.get(name);
        if (value == null) {
            throw new IllegalArgumentException("no parameter " + name);
        }
        return value;
    }

    long size(String name) {
        return Quantities.size(text(name), name);
    }

    long count(String name) {
        return Quantities.count(text(name), name);
    }

    double number(String name) {
        return Double.parseDouble(text(name));
    }

    long footprint() {
        return size("footprint");
    }

    long accesses() {
        return count("accesses");
    }

    long seed() {
        return Long.parseLong(text("seed"));
    }

    /// The first address: that of parameter `base`, or [#BASE] in programs without it.
    long base() {
        return values.containsKey("base") ? Quantities.address(text("base"), "base") : BASE;
    }

    /// The default base of a program with this footprint.
    static long defaultBase(long footprint) {
        return footprint <= END - BASE ? BASE : BASE_OF_LARGE;
    }

    /// Refuses data that reaches beyond the lower half of the address space.
    static void requireLowerHalf(long base, long footprint, String where) {
        if (footprint > END - base) {
            throw new InputException(
                    where
                            + ": the data would end at 0x"
                            + Long.toHexString(base + footprint)
                            + ", beyond 0x"
                            + Long.toHexString(END)
                            + "; choose a smaller base or footprint");
        }
    }
}
