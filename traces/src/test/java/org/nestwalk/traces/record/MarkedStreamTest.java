package org.nestwalk.traces.record;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class MarkedStreamTest {
    private static List<String> parts(String text, int step) throws IOException {
        byte[] bytes = text.getBytes(StandardCharsets.US_ASCII);
        // A pipe gives what it has, which can end anywhere.
        var pipe =
                new ByteArrayInputStream(bytes) {
                    @Override
                    public synchronized int read(byte[] to, int offset, int length) {
                        return super.read(to, offset, Math.min(length, step));
                    }
                };
        List<String> parts = new ArrayList<>();
        try (MarkedStream stream = new MarkedStream(pipe, "==x==")) {
            do {
                parts.add(new String(stream.readAllBytes(), StandardCharsets.US_ASCII));
                assertThat(stream.read()).as("ended until asked to go on").isEqualTo(-1);
            } while (stream.next());
        }
        return parts;
    }

    @ParameterizedTest
    @CsvSource({"1", "2", "5", "1000000"})
    void endsAtLinesThatAreTheMark(int step) throws IOException {
        assertThat(parts("a\n==x==\nb\n==x== \n y==x==\n==x==\n==x==\n==x=", step))
                .containsExactly("a\n", "b\n==x== \n y==x==\n", "", "==x=");
        assertThat(parts("==x==\n", step)).containsExactly("", "");
        assertThat(parts("", step)).containsExactly("");
    }

    @Test
    void agreesWithSplitting() throws IOException {
        Random random = new Random(9);
        for (int round = 0; round < 50; round++) {
            StringBuilder text = new StringBuilder("\n");
            for (int i = 0; i < 20_000; i++) {
                text.append(
                        random.nextInt(50) == 0 ? "\n==x==\n" : "=x\n".charAt(random.nextInt(3)));
            }
            // Each mark ends with the line break that may begin the next one.
            List<String> expected = List.of(text.toString().split("(?<=\n)==x==\n", -1));
            assertThat(parts(text.toString(), 1 + random.nextInt(70_000))).isEqualTo(expected);
        }
    }
}
