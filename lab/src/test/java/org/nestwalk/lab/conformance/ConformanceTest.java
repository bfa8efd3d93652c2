package org.nestwalk.lab.conformance;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.BufferedReader;
import java.io.EOFException;
import java.io.FilterReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.Reader;
import java.io.StringReader;
import java.nio.charset.StandardCharsets;
import java.util.zip.GZIPInputStream;
import org.junit.jupiter.api.Test;
import org.nestwalk.InputException;

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

    @Test
    void walkerAgreesWithEveryCaseOfProtectionKeys() throws IOException {
        assertAgrees("cases-protection-keys.jsonl", 200, 2000);
    }

    @Test
    void walkerAgreesWithEveryCaseOfWideGuestPhysicalAddresses() throws IOException {
        assertAgrees("cases-wide-addresses.jsonl", 11, 16);
    }

    private static void assertAgrees(String file, int cases, int accesses) throws IOException {
        Conformance conformance = new Conformance(20);
        try (BufferedReader lines = reader(open(file))) {
            conformance.check(file, lines);
        }
        assertThat(conformance.first()).isEmpty();
        assertThat(conformance.cases()).isEqualTo(cases);
        assertThat(conformance.accesses()).isEqualTo(accesses);
    }

    @Test
    void firstMismatchesAreInFileOrderHoweverManyBatches() {
        StringBuilder text = new StringBuilder();
        for (int i = 0; i < 3000; i++) {
            text.append(line(i, i % 7 == 3)).append("\n\n");
        }
        Conformance conformance = new Conformance(100);
        conformance.check("many", new StringReader(text.toString()));
        assertThat(conformance.cases()).isEqualTo(3000);
        assertThat(conformance.mismatches()).isEqualTo(429);
        assertThat(conformance.first()).hasSize(100);
        for (int i = 0; i < 100; i++) {
            assertThat(conformance.first().get(i).caseId()).isEqualTo("case " + (7 * i + 3));
        }
    }

    @Test
    void earliestBadLineWinsAndCasesBeforeItCount() {
        StringBuilder text = new StringBuilder();
        for (int i = 1; i <= 3000; i++) {
            text.append(i == 1234 || i > 1500 ? "{" : line(i, i > 1230)).append('\n');
        }
        Conformance conformance = new Conformance(100);
        assertThatThrownBy(() -> conformance.check("many", new StringReader(text.toString())))
                .isInstanceOf(InputException.class)
                .hasMessageStartingWith("many:1234: not JSON");
        assertThat(conformance.cases()).isEqualTo(1233);
        assertThat(conformance.first()).hasSize(3);
    }

    @Test
    void casesBeforeAnUnreadableLineCount() {
        String text = (line(1, false) + "\n").repeat(1000);
        Reader cut =
                new FilterReader(new StringReader(text)) {
                    @Override
                    public int read(char[] buffer, int offset, int length) throws IOException {
                        int count = super.read(buffer, offset, length);
                        if (count < 0) {
                            throw new EOFException();
                        }
                        return count;
                    }
                };
        Conformance conformance = new Conformance(1);
        assertThatThrownBy(() -> conformance.check("cut", cut))
                .hasMessageStartingWith("cut:1001: cannot be read from here on");
        assertThat(conformance.cases()).isEqualTo(1000);
    }

    private static String line(int number, boolean wrong) {
        return """
        {"id":"case %d","mode":"none","cr0":"80010001","cr4":"20","efer":"d00","cr3":"1000",\
        "mem":[["17f0","2027"],["2240","3027"],["3d10","4027"],["4b38","5000007"]],\
        "acc":[{"gva":"7f1234567123","op":"r","pl":"u","ac":0}],\
        "exp":[{"r":"ok","hpa":"%s000123","gps":12,"mt":6,"ad":[["4b38","5000027"]]}]}\
        """
                .formatted(number, wrong ? "6" : "5");
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
