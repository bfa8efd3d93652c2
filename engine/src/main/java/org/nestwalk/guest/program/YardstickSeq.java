package org.nestwalk.guest.program;

import java.util.List;

/// Loads of the 8-byte words of 256 MiB in order, over and over: a fixed stream, for comparisons
/// with other simulators.
final class YardstickSeq extends OperationSource {
    static final ProgramDefinition DEFINITION =
            new ProgramDefinition(
                    "yardstick-seq",
                    "fixed stream for comparisons: loads of the words of 256 MiB in order",
                    "defined here",
                    List.of(ProgramDefinition.accesses(20_000_000)),
                    1L << 28,
                    YardstickSeq::new);

    private long offset;

    YardstickSeq(ProgramArguments arguments) {
        super(arguments.accesses(), 1);
    }

    @Override
    protected int append(long[] out, int at, int lastStart) {
        do {
            out[at++] = load(ProgramArguments.BASE + offset);
            offset = (offset + Long.BYTES) & ((1L << 28) - 1);
        } while (at <= lastStart);
        return at;
    }
}
