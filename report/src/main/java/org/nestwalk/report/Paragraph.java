package org.nestwalk.report;

/// Text in lines.
public final class Paragraph {
    private static final int WIDTH = 100;

    private Paragraph() {}

    /// `text` in lines of up to 100 characters, each after `indent`.
    public static String of(String text, String indent) {
        StringBuilder lines = new StringBuilder();
        StringBuilder line = new StringBuilder(indent);
        for (String word : text.split(" ", -1)) {
            if (line.length() + word.length() >= WIDTH) {
                lines.append(line.toString().stripTrailing()).append('\n');
                line = new StringBuilder(indent);
            }
            line.append(word).append(' ');
        }
        return lines.append(line.toString().stripTrailing()).append('\n').toString();
    }
}
