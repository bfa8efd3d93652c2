package org.nestwalk.guest.kernel;

import java.util.Arrays;
import org.nestwalk.InputException;
import org.nestwalk.memory.Longs;

/// Numbers that mostly follow one another at equal distances, as runs: two words for each, the
/// first number and how many there are.
final class Runs {
    private long[] words = new long[16];
    private int size;
    private long next;

    /// None.
    Runs() {}

    /// Receives runs.
    @FunctionalInterface
    interface Visitor {
        /// A run.
        ///
        /// @param first its first number
        /// @param count how many there are, at least 1
        void run(long first, long count);
    }

    /// Adds a number, to the last run if it follows there.
    ///
    /// @param step from it to the next of its run
    void add(long number, long step) {
        if (size > 0 && number == next) {
            words[size - 1]++;
        } else {
            if (size == words.length) {
                words = Arrays.copyOf(words, 2 * size);
            }
            words[size++] = number;
            words[size++] = 1;
        }
        next = number + step;
    }

    /// Numbers that follow begin a run of their own.
    void end() {
        next = -1;
    }

    /// All runs.
    Longs words() {
        return Longs.of(Arrays.copyOf(words, size));
    }

    /// Shows `visitor` the runs of `words`.
    ///
    /// @throws InputException if they are none
    static void forEach(Longs words, Visitor visitor) {
        if (words.size() % 2 != 0) {
            throw new InputException(
                    "%d numbers are no runs, which take two each".formatted(words.size()));
        }
        for (int i = 0; i < words.size(); i += 2) {
            if (words.get(i + 1) < 1) {
                throw new InputException("a run of %d numbers is none".formatted(words.get(i + 1)));
            }
            visitor.run(words.get(i), words.get(i + 1));
        }
    }
}
