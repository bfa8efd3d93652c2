package org.nestwalk;

/// Something the user gave cannot be used: a damaged file, an unknown name, a value out of bounds.
///
/// The message is for the user: what was wrong, where (file and offset or line, or the option), and
/// what would be right. The command line prints it, behind the name of the option that set its
/// [#parameter], and ends with status 2; no stack trace is ever shown for it.
public class InputException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    private final String parameter;
    private final String withParameter;

    /// With a message for the user, in one or two sentences.
    public InputException(String message) {
        super(message);
        parameter = "";
        withParameter = message;
    }

    /// With a message for the user and the exception that revealed the problem.
    public InputException(String message, Throwable cause) {
        super(message, cause);
        parameter = "";
        withParameter = message;
    }

    private InputException(String parameter, String withParameter, String message) {
        super(message);
        this.parameter = parameter;
        this.withParameter = withParameter;
    }

    /// For a value of `parameter`, which is named as users know it, without what a command line or
    /// a form puts before it: that names it before the message.
    public static InputException of(String parameter, String message) {
        return new InputException(parameter, message, message);
    }

    /// What a value of `parameter` cures, where there is such a parameter to ask for.
    ///
    /// @param what was wrong
    /// @param cure what to do with the parameter, the rest of the sentence
    /// @param otherwise what to do without; [#getMessage] says that
    public static InputException curedBy(
            String parameter, String what, String cure, String otherwise) {
        return new InputException(parameter, what + "; " + cure, what + "; " + otherwise);
    }

    /// The parameter whose value cannot be used; empty if it is none, or the message names it.
    public String parameter() {
        return parameter;
    }

    /// The message for who can set [#parameter].
    public String messageWithParameter() {
        return withParameter;
    }
}
