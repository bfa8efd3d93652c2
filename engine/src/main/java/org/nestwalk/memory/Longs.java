package org.nestwalk.memory;

import java.util.Arrays;
import java.util.function.LongConsumer;

/// Numbers in a fixed order that never change: what a record holds where a `long[]` could be
/// changed under it, and a list of boxes would take five times the memory.
public final class Longs {
    /// None.
    public static final Longs NONE = new Longs(new long[0]);

    private final long[] values;

    private Longs(long[] values) {
        this.values = values;
    }

    /// A copy of `values`.
    public static Longs of(long... values) {
        return new Longs(values.clone());
    }

    /// How many there are.
    public int size() {
        return values.length;
    }

    /// The number at `index`, 0 to [#size] - 1.
    public long get(int index) {
        return values[index];
    }

    /// Shows `consumer` each, in order.
    public void forEach(LongConsumer consumer) {
        for (long value : values) {
            consumer.accept(value);
        }
    }

    /// A copy of them.
    public long[] toArray() {
        return values.clone();
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof Longs longs && Arrays.equals(values, longs.values);
    }

    @Override
    public int hashCode() {
        return Arrays.hashCode(values);
    }

    @Override
    public String toString() {
        return values.length <= 8 ? Arrays.toString(values) : values.length + " numbers";
    }
}
