package org.nestwalk.guest.program;

import java.util.List;
import org.nestwalk.random.Xoshiro256;

/// Loads of uniformly drawn 8-byte words of 1 GiB, from seed 42: a fixed stream, for comparisons
/// with other simulators.
final class YardstickGups extends OperationSource {
    static final int SEED = 42;

    static final ProgramDefinition DEFINITION =
            new ProgramDefinition(
                    "yardstick-gups",
                    "fixed stream for comparisons: loads of random words of 1 GiB",
                    "defined here",
                    List.of(ProgramDefinition.accesses(20_000_000)),
                    1L << 30,
                    YardstickGups::new);

    private final Xoshiro256 random = new Xoshiro256(SEED);

    YardstickGups(ProgramArguments arguments) {
        super(arguments.accesses(), 1);
    }

    @Override
    protected int append(long[] out, int at, int lastStart) {
        do {
            out[at++] = load(ProgramArguments.BASE + ((random.nextLong() & ((1L << 27) - 1)) << 3));
        } while (at <= lastStart);
        return at;
    }
}
