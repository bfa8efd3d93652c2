package org.nestwalk.guest;

import org.nestwalk.InputException;

/// What a task runs, said by data, so that it can be opened again from its start, elsewhere too.
///
/// @param text the canonical text of a program, or whatever else names it
/// @param offset bytes by which its addresses are displaced, a multiple of 4096
/// @param limit most accesses to make, at least 0
public record TaskProgram(String text, long offset, long limit) {
    /// Checks the bounds above.
    ///
    /// @throws InputException if one is violated
    public TaskProgram {
        if (offset % 4096 != 0 || limit < 0) {
            throw new InputException(
                    "%s displaced by %d bytes, up to %d accesses; the first must be a multiple of 4096, and the second not be negative"
                            .formatted(text, offset, limit));
        }
    }

    /// All of the program that `text` names, where it is.
    public static TaskProgram of(String text) {
        return new TaskProgram(text, 0, Long.MAX_VALUE);
    }
}
