package org.nestwalk.lab.conformance;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.io.Reader;
import java.io.StringReader;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.nestwalk.InputException;

class CaseLinesTest {
    private static List<String> split(String text) throws IOException {
        CaseLines lines = new CaseLines(new StringReader(text));
        List<String> split = new ArrayList<>();
        while (lines.next()) {
            split.add(new String(lines.buffer(), lines.from(), lines.length()));
        }
        return split;
    }

    @Test
    void splitsAtLineFeeds() throws IOException {
        assertThat(split("a\n\nbc\n")).containsExactly("a", "", "bc");
    }

    @Test
    void lastLineNeedsNoLineFeed() throws IOException {
        assertThat(split("a\nbc")).containsExactly("a", "bc");
        assertThat(split("")).isEmpty();
    }

    @Test
    void linesLongerThanTheBufferAreWhole() throws IOException {
        List<String> expected = new ArrayList<>();
        for (int length : new int[] {1, 65_535, 65_536, 65_537, 3, 200_000, 0, 131_072, 7}) {
            expected.add("x".repeat(length));
        }
        assertThat(split(String.join("\n", expected) + "\n")).isEqualTo(expected);
    }

    @Test
    void endlessLineIsRefused() {
        Reader endless =
                new Reader() {
                    @Override
                    public int read(char[] buffer, int offset, int length) {
                        return length;
                    }

                    @Override
                    public void close() {}
                };
        assertThatThrownBy(() -> new CaseLines(endless).next())
                .isInstanceOf(InputException.class)
                .hasMessageContaining("16 million");
    }
}
