package org.nestwalk.lab.conformance;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.InputStream;
import java.io.StringReader;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.nestwalk.InputException;
import org.nestwalk.random.Xoshiro256;

/// Damaged lines end in an [InputException], a mismatch, or success; in nothing else.
class CaseFuzzTest {
    private static final String ALPHABET = "0123456789abcdef\"[]{}:,-.\\ \u00e9xyz\u0000";
    private static final String[] TOKENS = {
        "\"ffffffffffffffff\"", "[]", "{}", "null", "true", "-1", "1e9", "\"\"", "[[", "99999999999"
    };

    @Test
    void damagedLinesAreRefusedOrRun() throws IOException {
        List<String> lines = lines();
        Xoshiro256 random = new Xoshiro256(20);
        int refused = 0;
        int run = 0;
        for (int i = 0; i < 20_000; i++) {
            String line = lines.get(below(random, lines.size()));
            int mutations = 1 + below(random, 3);
            for (int m = 0; m < mutations; m++) {
                line = mutate(line, random, lines);
            }
            Conformance conformance = new Conformance(1);
            try {
                conformance.check("fuzz", new StringReader(line));
                run++;
            } catch (InputException e) {
                assertThat(e).hasMessageStartingWith("fuzz:");
                assertThat(e.getMessage()).doesNotContain("Source:", "REDACTED", "java");
                refused++;
            }
        }
        assertThat(refused).isGreaterThan(1000);
        assertThat(run).isGreaterThan(900);
    }

    private static String mutate(String line, Xoshiro256 random, List<String> others) {
        int at = below(random, line.length() + 1);
        int end = Math.min(line.length(), at + below(random, 12));
        String before = line.substring(0, at);
        return switch (below(random, 6)) {
            case 0 -> before + line.substring(end);
            case 1 -> before;
            case 2 -> before + TOKENS[below(random, TOKENS.length)] + line.substring(end);
            case 3 -> before + line.substring(Math.max(0, at - below(random, 40)));
            case 4 -> {
                String other = others.get(below(random, others.size()));
                yield before + other.substring(below(random, other.length()));
            }
            default ->
                    before
                            + ALPHABET.charAt(below(random, ALPHABET.length()))
                            + line.substring(Math.min(line.length(), at + 1));
        };
    }

    private static int below(Xoshiro256 random, int bound) {
        return (int) random.nextBelow(bound);
    }

    private static List<String> lines() throws IOException {
        try (InputStream in =
                CaseFuzzTest.class.getResourceAsStream("/conformance/cases-hand.jsonl")) {
            assertThat(in).isNotNull();
            return new ArrayList<>(
                    new String(in.readAllBytes(), StandardCharsets.UTF_8).lines().toList());
        }
    }
}
