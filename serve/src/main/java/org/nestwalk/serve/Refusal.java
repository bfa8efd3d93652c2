package org.nestwalk.serve;

import org.jspecify.annotations.Nullable;

/// A request that is not served, with a sentence for its user.
final class Refusal extends RuntimeException {
    private static final long serialVersionUID = 1L;

    private final int status;
    private final String sentence;
    private final @Nullable String parameter;

    /// @param status of HTTP
    Refusal(int status, String sentence) {
        this(status, sentence, null);
    }

    /// @param parameter whose value is the reason; null for none
    Refusal(int status, String sentence, @Nullable String parameter) {
        super(sentence, null, false, false);
        this.status = status;
        this.sentence = sentence;
        this.parameter = parameter;
    }

    int status() {
        return status;
    }

    String sentence() {
        return sentence;
    }

    @Nullable String parameter() {
        return parameter;
    }

    /// As an answer in JSON.
    Answer answer() {
        return Answer.json(status, new Said(sentence, parameter));
    }

    /// @param message what was wrong, and what would be right
    /// @param parameter whose value that is
    private record Said(String message, @Nullable String parameter) {}
}
