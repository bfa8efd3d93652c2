package org.nestwalk.lab.migration.move;

import org.jspecify.annotations.Nullable;

/// Something that has happened while a guest moves, for programs.
///
/// @param event `listening`, `connected`, `moving`, `round`, `moved`, `stayed`, `in-doubt`,
///   `arrived`, `not-arrived`, `ended`, or `problem`
/// @param seconds since the command began
/// @param port that is listened at; left out but for `listening`
/// @param job how far it is; left out where nothing moves
/// @param reason why; left out where there is nothing to say
public record MoveEvent(
        String event,
        double seconds,
        @Nullable Integer port,
        @Nullable JobInfo job,
        @Nullable String reason) {
    static final String PROBLEM = "problem";

    /// Whether people should be told of it at once: a connection has come to nothing.
    public boolean isProblem() {
        return event.equals(PROBLEM);
    }
}
