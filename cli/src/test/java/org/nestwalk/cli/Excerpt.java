package org.nestwalk.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/// What a document shows of an output: paragraphs of it in order, from the first one shown to the
/// end; `...` stands for any number of paragraphs left out.
final class Excerpt {
    private static final String LEFT_OUT = "...";
    private static final int START = 16;

    private Excerpt() {}

    /// Fails unless `shown` is an excerpt of `output`.
    static void assertShows(List<String> shown, String output) {
        assertThat(String.join("\n", renewed(shown, output)))
                .as("what the document shows; CONTRIBUTING.md says how to bring it up to date")
                .isEqualTo(String.join("\n", shown));
    }

    /// The same excerpt of `output`: runs of as many paragraphs, each from the paragraph that
    /// begins with the same words as before.
    static List<String> renewed(List<String> shown, String output) {
        List<List<String>> paragraphs = paragraphs(Arrays.asList(output.split("\n", -1)));
        List<String> lines = new ArrayList<>();
        List<List<String>> wanted = paragraphs(shown);
        int next = 0;
        boolean begun = false;
        for (int i = 0; i < wanted.size(); i++) {
            if (!lines.isEmpty()) {
                lines.add("");
            }
            if (wanted.get(i).equals(List.of(LEFT_OUT))) {
                lines.add(LEFT_OUT);
                begun = false;
                continue;
            }
            if (!begun) {
                next = find(wanted.get(i).getFirst(), paragraphs, next);
                begun = true;
            }
            if (next < paragraphs.size()) {
                lines.addAll(paragraphs.get(next++));
            }
        }
        for (; begun && next < paragraphs.size(); next++) {
            lines.add("");
            lines.addAll(paragraphs.get(next));
        }
        return lines;
    }

    private static int find(String line, List<List<String>> paragraphs, int from) {
        String start = start(line);
        for (int i = from; i < paragraphs.size(); i++) {
            if (start(paragraphs.get(i).getFirst()).equals(start)) {
                return i;
            }
        }
        throw new AssertionError("no paragraph of the output begins with '" + start + "'");
    }

    /// What does not change with figures and breaks of lines: the beginning of the first column.
    private static String start(String line) {
        String cell = line.strip().split("  ", 2)[0].replaceAll("[0-9][0-9,.]*", "#");
        return cell.substring(0, Math.min(cell.length(), START));
    }

    private static List<List<String>> paragraphs(List<String> lines) {
        List<List<String>> paragraphs = new ArrayList<>();
        List<String> paragraph = new ArrayList<>();
        for (String line : lines) {
            if (!line.isBlank()) {
                paragraph.add(line);
            } else if (!paragraph.isEmpty()) {
                paragraphs.add(paragraph);
                paragraph = new ArrayList<>();
            }
        }
        if (!paragraph.isEmpty()) {
            paragraphs.add(paragraph);
        }
        return paragraphs;
    }
}
