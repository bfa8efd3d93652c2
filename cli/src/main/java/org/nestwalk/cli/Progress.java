package org.nestwalk.cli;

import java.io.Console;
import java.util.Locale;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.function.LongConsumer;

/// Tells on standard error how far a long run is; says nothing where that is no terminal.
final class Progress implements LongConsumer, AutoCloseable {
    private static final long INTERVAL = 500_000_000;

    private final String what;
    private final boolean terminal;
    private final long start = System.nanoTime();
    private long next = start + INTERVAL;
    private boolean shown;

    /// Progress of doing `what`, such as `recorded`, to accesses.
    Progress(String what) {
        this.what = what;
        terminal = Optional.ofNullable(System.console()).map(Console::isTerminal).orElse(false);
    }

    /// `accesses` are done.
    @Override
    public void accept(long accesses) {
        accept(accesses, OptionalLong.empty());
    }

    /// `accesses` are done of `total`.
    void accept(long accesses, OptionalLong total) {
        long now = System.nanoTime();
        if (!terminal || now - next < 0) {
            return;
        }
        next = now + INTERVAL;
        shown = true;
        double seconds = (now - start) / 1e9;
        System.err.printf(
                Locale.ROOT,
                "\r%s %,d accesses, %.1f million a second%s\u001B[K",
                what,
                accesses,
                accesses / seconds / 1e6,
                total.isPresent() ? left(accesses, total.getAsLong(), seconds) : "");
        System.err.flush();
    }

    private static String left(long accesses, long total, double seconds) {
        double part = Math.min(1, (double) accesses / Math.max(1, total));
        double left = part == 0 ? 0 : seconds * (1 - part) / part;
        return String.format(Locale.ROOT, ", %.0f %%, %.0f s left", 100 * part, left);
    }

    /// Removes the line.
    @Override
    public void close() {
        if (shown) {
            System.err.print("\r\u001B[K");
            System.err.flush();
        }
    }
}
