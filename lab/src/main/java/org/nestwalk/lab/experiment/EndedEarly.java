package org.nestwalk.lab.experiment;

/// The work was ended by its observer, before there was anything to say.
public final class EndedEarly extends RuntimeException {
    /// Before there was anything to say.
    public EndedEarly() {
        super("ended before anything had been finished");
    }
}
