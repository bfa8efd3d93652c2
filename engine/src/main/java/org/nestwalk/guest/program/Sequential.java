package org.nestwalk.guest.program;

import org.nestwalk.parameter.Parameter;
import org.nestwalk.random.Xoshiro256;

/// A pass over the data at a constant stride, again from the start when the end is reached.
final class Sequential extends OperationSource {
    static final ProgramDefinition DEFINITION =
            ProgramDefinition.of(
                    "sequential",
                    "one stream of words at a constant stride, over and over",
                    "the usual yardstick of spatial locality; no publication",
                    1 << 12,
                    Sequential::new,
                    Parameter.number("writes", "share of stores", 0, 0, 1),
                    Parameter.multiple("stride", "bytes between accesses", 8, 8, 8, 1 << 12));

    private final long base;
    private final long end;
    private final long stride;
    private final long storeBelow;
    private final Xoshiro256 random;
    private long offset;

    Sequential(ProgramArguments arguments) {
        super(arguments.accesses(), 1);
        base = arguments.base();
        stride = arguments.size("stride");
        end = arguments.footprint() / stride * stride;
        storeBelow = threshold(arguments.number("writes"));
        random = new Xoshiro256(arguments.seed());
    }

    @Override
    protected int append(long[] out, int at, int lastStart) {
        do {
            long address = base + offset;
            offset += stride;
            if (offset == end) {
                offset = 0;
            }
            boolean stores = storeBelow != 0 && random.nextLong() >>> 11 < storeBelow;
            out[at++] = stores ? store(address) : load(address);
        } while (at <= lastStart);
        return at;
    }
}
