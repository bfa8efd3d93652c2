package org.nestwalk.bench.compare;

import java.io.Console;
import java.util.Optional;

/// Says on standard error what is being measured, if that is a terminal.
final class Progress {
    private final boolean terminal =
            Optional.ofNullable(System.console()).map(Console::isTerminal).orElse(false);

    /// Shows `what` in place of what was shown before.
    void show(String what) {
        if (terminal) {
            System.err.print("\r" + what + "\u001B[K");
            System.err.flush();
        }
    }

    /// Shows `what` in its round.
    void show(String what, int round, int rounds) {
        show("%s, round %d of %d".formatted(what, round + 1, rounds));
    }
}
