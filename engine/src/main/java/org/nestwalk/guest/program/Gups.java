package org.nestwalk.guest.program;

import org.nestwalk.parameter.Parameter;
import org.nestwalk.random.Xoshiro256;

/// Updates of random words: each loads a uniformly drawn 8-byte word and stores it back.
///
/// With `writes` below 0.5, only so many updates are stored that this is the share of stores.
final class Gups extends OperationSource {
    static final ProgramDefinition DEFINITION =
            ProgramDefinition.of(
                    "gups",
                    "updates of uniformly random 8-byte words (giga-updates per second)",
                    "Luszczek et al., \"The HPC Challenge (HPCC) benchmark suite\", SC 2006:"
                            + " RandomAccess",
                    1 << 12,
                    Gups::new,
                    Parameter.number(
                            "writes", "share of stores; 0.5 stores every update", 0.5, 0, 0.5));

    private final long base;
    private final long words;
    private final long storeBelow;
    private final Xoshiro256 random;

    Gups(ProgramArguments arguments) {
        super(arguments.accesses(), 2);
        base = arguments.base();
        words = arguments.footprint() / Long.BYTES;
        double writes = arguments.number("writes");
        storeBelow = threshold(writes / (1 - writes));
        random = new Xoshiro256(arguments.seed());
    }

    @Override
    protected int append(long[] out, int at, int lastStart) {
        do {
            long address = base + random.nextBelow(words) * Long.BYTES;
            out[at++] = load(address);
            if (random.nextLong() >>> 11 < storeBelow) {
                out[at++] = store(address);
            }
        } while (at <= lastStart);
        return at;
    }
}
