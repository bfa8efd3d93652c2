package org.nestwalk.document.text;

import java.util.ArrayList;
import java.util.List;

/// Words in lines.
final class Wrapping {
    // Longer words, such as a program with its parameters, may be broken after a comma.
    private static final int LONG = 24;

    private Wrapping() {}

    /// The words of `text` in lines of up to `width` characters. At least one line, which may be
    /// empty. A word that is longer than a line goes over several, from one to the next after a
    /// comma or, as names of files, a slash, or, as digests, where the line ends.
    static List<String> lines(String text, int width) {
        List<String> lines = new ArrayList<>();
        StringBuilder line = new StringBuilder();
        for (String word : words(text)) {
            int needed = line.isEmpty() ? word.length() : line.length() + 1 + word.length();
            if (needed <= width) {
                line.append(line.isEmpty() ? "" : " ").append(word);
                continue;
            }
            if (!line.isEmpty() && word.length() <= width) {
                lines.add(line.toString());
                line = new StringBuilder(word);
                continue;
            }
            String space = line.isEmpty() ? "" : " ";
            for (String piece : narrow(word, width)) {
                if (!line.isEmpty() && line.length() + space.length() + piece.length() > width) {
                    lines.add(line.toString());
                    line = new StringBuilder(piece);
                } else {
                    line.append(space).append(piece);
                }
                space = "";
            }
        }
        lines.add(line.toString());
        return lines;
    }

    /// Parts of `word` of up to `width` characters, each as long as its kind may be.
    private static List<String> narrow(String word, int width) {
        List<String> narrow = new ArrayList<>();
        for (String piece : pieces(word)) {
            for (String part : piece.length() <= width ? List.of(piece) : parts(piece)) {
                for (int from = 0; from < part.length(); from += width) {
                    narrow.add(part.substring(from, Math.min(from + width, part.length())));
                }
            }
        }
        return narrow;
    }

    private static List<String> parts(String name) {
        return List.of(name.split("(?<=/)"));
    }

    /// The length of the longest part of `text` that stays on one line where there is room.
    static int longest(String text) {
        int longest = 0;
        for (String word : words(text)) {
            for (String piece : pieces(word)) {
                longest = Math.max(longest, piece.length());
            }
        }
        return longest;
    }

    /// A percent sign stays with its figure.
    private static String[] words(String text) {
        return text.strip().split("\\s+(?!%)");
    }

    private static List<String> pieces(String word) {
        return word.length() <= LONG ? List.of(word) : List.of(word.split("(?<=,)"));
    }
}
