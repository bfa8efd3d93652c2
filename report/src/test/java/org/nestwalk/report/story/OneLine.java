package org.nestwalk.report.story;

/// Texts without their lines, in which sentences can be looked for.
final class OneLine {
    private OneLine() {}

    static String of(String text) {
        return String.join(" ", text.split("\\s+"));
    }
}
