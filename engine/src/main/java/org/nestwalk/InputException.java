package org.nestwalk;

/// Something the user gave cannot be used: a damaged file, an unknown name, a value out of bounds.
///
/// The message is for the user: what was wrong, where (file and offset or line, or the option), and
/// what would be right. The command line prints it, behind the name of the option that set its
/// [#parameter], and ends with status 2; no stack trace is ever shown for it.
public class InputException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    private final String parameter;

    /// With a message for the user, in one or two sentences.
    public InputException(String message) {
        super(message);
        parameter = "";
    }

    /// With a message for the user and the exception that revealed the problem.
    public InputException(String message, Throwable cause) {
        super(message, cause);
        parameter = "";
    }

    private InputException(String parameter, String message) {
        super(message);
        this.parameter = parameter;
    }

    /// For a value of `parameter`, which is named as users know it, without what a command line or
    /// a form puts before it: that names it before the message.
    public static InputException of(String parameter, String message) {
        return new InputException(parameter, message);
    }

    /// The parameter whose value cannot be used; empty if it is none, or the message names it.
    public String parameter() {
        return parameter;
    }
}
