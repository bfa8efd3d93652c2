package org.nestwalk;

/// Something the user gave cannot be used: a damaged file, an unknown name, a value out of bounds.
///
/// The message is for the user: what was wrong, where (file and offset or line, or the option), and
/// what would be right. The command line prints it as it is and ends with status 2; no stack trace
/// is ever shown for it.
public class InputException extends RuntimeException {
    /// With a message for the user, in one or two sentences.
    public InputException(String message) {
        super(message);
    }

    /// With a message for the user and the exception that revealed the problem.
    public InputException(String message, Throwable cause) {
        super(message, cause);
    }
}
