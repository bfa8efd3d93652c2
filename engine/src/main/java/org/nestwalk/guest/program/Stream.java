package org.nestwalk.guest.program;

import org.nestwalk.parameter.Parameter;

/// The four kernels over three arrays a, b and c of 8-byte numbers, each array a third of the data:
/// copy c = a, scale b = s c, add c = a + b, triad a = b + s c.
final class Stream extends OperationSource {
    static final ProgramDefinition DEFINITION =
            ProgramDefinition.of(
                    "stream",
                    "copy, scale, add and triad over three arrays, element by element",
                    "McCalpin, \"Memory bandwidth and machine balance in current high performance"
                            + " computers\", IEEE TCCA Newsletter, December 1995",
                    1 << 12,
                    Stream::new,
                    Parameter.choice(
                            "kernel",
                            "the kernel, or all in turn, a pass each",
                            "all",
                            "copy",
                            "scale",
                            "add",
                            "triad"));

    private static final int COPY = 0;
    private static final int SCALE = 1;
    private static final int ADD = 2;
    private static final int TRIAD = 3;

    private final boolean all;
    private final long a;
    private final long b;
    private final long c;
    private final long bytes;
    private int kernel;
    private long offset;

    Stream(ProgramArguments arguments) {
        super(arguments.accesses(), 3);
        String name = arguments.text("kernel");
        all = name.equals("all");
        kernel =
                switch (name) {
                    case "scale" -> SCALE;
                    case "add" -> ADD;
                    case "triad" -> TRIAD;
                    default -> COPY;
                };
        bytes = arguments.footprint() / (3 * Long.BYTES) * Long.BYTES;
        a = arguments.base();
        b = a + bytes;
        c = b + bytes;
    }

    @Override
    protected int append(long[] out, int at, int lastStart) {
        do {
            long i = offset;
            switch (kernel) {
                case COPY -> {
                    out[at++] = load(a + i);
                    out[at++] = store(c + i);
                }
                case SCALE -> {
                    out[at++] = load(c + i);
                    out[at++] = store(b + i);
                }
                case ADD -> {
                    out[at++] = load(a + i);
                    out[at++] = load(b + i);
                    out[at++] = store(c + i);
                }
                default -> {
                    out[at++] = load(b + i);
                    out[at++] = load(c + i);
                    out[at++] = store(a + i);
                }
            }
            advance();
        } while (at <= lastStart);
        return at;
    }

    private void advance() {
        offset += Long.BYTES;
        if (offset == bytes) {
            offset = 0;
            if (all) {
                kernel = kernel == TRIAD ? COPY : kernel + 1;
            }
        }
    }
}
