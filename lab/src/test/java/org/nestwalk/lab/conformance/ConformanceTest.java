package org.nestwalk.lab.conformance;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.util.zip.GZIPInputStream;
import org.junit.jupiter.api.Test;

class ConformanceTest {
    @Test
    void walkerAgreesWithEveryHandWrittenCase() throws IOException {
        Conformance conformance = new Conformance(20);
        try (BufferedReader lines = reader(open("cases-hand.jsonl"))) {
            conformance.check("cases-hand.jsonl", lines);
        }
        assertThat(conformance.cases()).isEqualTo(142);
        assertThat(conformance.first()).isEmpty();
    }

    @Test
    void walkerAgreesWithEveryGeneratedCase() throws IOException {
        Conformance conformance = new Conformance(20);
        try (BufferedReader lines = reader(new GZIPInputStream(open("cases-2k.jsonl.gz")))) {
            conformance.check("cases-2k.jsonl.gz", lines);
        }
        assertThat(conformance.accesses()).isEqualTo(7943);
        assertThat(conformance.first()).isEmpty();
    }

    private static InputStream open(String name) {
        InputStream in = ConformanceTest.class.getResourceAsStream("/conformance/" + name);
        assertThat(in).isNotNull();
        return in;
    }

    private static BufferedReader reader(InputStream in) {
        return new BufferedReader(new InputStreamReader(in, StandardCharsets.UTF_8));
    }
}
