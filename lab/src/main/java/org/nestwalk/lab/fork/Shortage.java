package org.nestwalk.lab.fork;

import java.util.function.LongSupplier;
import org.nestwalk.InputException;

/// How a run learns, and says, that there are more children than memory.
final class Shortage {
    /// So much of the host's memory is left alone: guests stop by a sentence before the host's
    /// kernel ends the process without one.
    private static final long LEFT_ALONE = 256L << 20;

    private static final String LITTLE =
            "the host has less than %d MiB left".formatted(LEFT_ALONE >> 20);
    private static final String ADVICE =
            "ask for fewer children, or a program that writes to less memory";

    /// Why a guest stops then.
    static final String HOST = LITTLE + "; " + ADVICE;

    private static final long FRESH = 10_000_000;
    private static final double ROOM = 1.25;
    private static final long GIB = 1L << 30;

    private final LongSupplier freeBytes;
    private long asked = System.nanoTime() - FRESH;
    private boolean last;

    /// Of a host with so much free memory, which guests take as they write.
    Shortage(LongSupplier freeBytes) {
        this.freeBytes = freeBytes;
    }

    /// Whether the host has hardly any memory left, as of the last hundredth of a second.
    synchronized boolean isNear() {
        long now = System.nanoTime();
        if (now - asked >= FRESH) {
            asked = now;
            last = freeBytes.getAsLong() < LEFT_ALONE;
        }
        return last;
    }

    /// Why no more children are made then.
    ///
    /// @param fit children that are there
    /// @param wanted children that were to be made
    static String ofHost(int fit, int wanted) {
        return "%s with %,d of %,d children; %s".formatted(LITTLE, fit, wanted, ADVICE);
    }

    /// The Java heap is full.
    ///
    /// @param fit children that are there
    /// @param wanted children that were to be made
    static InputException ofHeap(int fit, int wanted, OutOfMemoryError cause) {
        long heap = Runtime.getRuntime().maxMemory();
        boolean begun = fit == wanted;
        double factor = begun || fit == 0 ? 2 : ROOM * wanted / fit;
        return new InputException(
                "the Java heap of %,d MiB is full %s %,d of %,d children; ask for fewer children, a program that writes to less memory, or a larger heap, as with NESTWALK_JAVA_OPTS=-Xmx%dg"
                        .formatted(
                                heap >> 20,
                                begun ? "while running" : "with",
                                fit,
                                wanted,
                                (long) Math.ceil(factor * heap / GIB)),
                cause);
    }
}
