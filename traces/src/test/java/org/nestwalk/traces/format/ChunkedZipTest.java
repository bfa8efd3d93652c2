package org.nestwalk.traces.format;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.nestwalk.InputException;
import org.nestwalk.traces.Records;
import org.nestwalk.traces.Samples;
import org.nestwalk.traces.Traces;

/// Of a zip of chunks all is read, or it is said what is missing.
class ChunkedZipTest {
    private static final int ACCESSES = 3000;

    @TempDir Path directory;

    private static byte[] trace() {
        Records records = Records.header();
        for (int i = 0; i < ACCESSES; i++) {
            records.load(0x7f00_0000_0000L + 0x9E37L * i * i);
        }
        return records.end().bytes();
    }

    private int count(byte[] zip) throws IOException {
        Path file = Files.write(directory.resolve("trace.zip"), zip);
        return Samples.all(Traces.open(file)).size();
    }

    private void assertRefused(byte[] zip, String sentence) {
        assertThatThrownBy(() -> count(zip))
                .isInstanceOf(InputException.class)
                .hasMessageContaining("trace.zip")
                .hasMessageContaining(sentence);
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 2, 3, 10})
    void wholeZipsAreRead(int chunks) throws IOException {
        assertThat(count(Records.zip(trace(), chunks))).isEqualTo(ACCESSES);
    }

    @ParameterizedTest
    @CsvSource({"'0,2,3', 1", "'0,1,3', 2", "'1,2,3', 0", "'0,1,1', 2", "'1,0,2', 0"})
    void aMissingChunkIsNamed(String numbers, int missing) {
        String[] names =
                Arrays.stream(numbers.split(","))
                        .map(n -> "chunk.%010d".formatted(Integer.parseInt(n)))
                        .toArray(String[]::new);
        if (numbers.equals("0,1,1")) {
            names[2] = "chunk.1";
        }

        assertRefused(
                Records.zip(trace(), names),
                "chunk " + missing + " is missing from this drmemtrace zip");
    }

    @ParameterizedTest
    @CsvSource({
        "chunk.0,notes.txt,chunk.1",
        "chunk.0,chunk.1,.DS_Store",
        "chunk.0,chunk.x,chunk.1"
    })
    void whatIsNoChunkIsNamed(String first, String second, String third) {
        String foreign = second.matches("chunk\\.\\d") ? third : second;

        assertRefused(Records.zip(trace(), first, second, third), "'" + foreign + "' is among");
    }

    /// At any length: in an entry's data, in headers, in the central directory.
    @Test
    void aCutZipIsNeverTakenForAWholeOne() throws IOException {
        byte[] zip = Records.zip(trace(), 4);
        int directoryAt = zip.length - 22 - 4 * (46 + 16);
        for (int length = 100; length < zip.length; length += length < directoryAt - 50 ? 97 : 1) {
            assertRefused(Arrays.copyOf(zip, length), "");
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 4, 1000})
    void somethingAfterTheEndIsSaid(int bytes) {
        byte[] zip = Records.zip(trace(), 2);

        assertRefused(
                Arrays.copyOf(zip, zip.length + bytes),
                "there is something after the end of the zip");
    }

    /// The local header of each later chunk, and the entries of the central directory.
    @Test
    void damagedSignaturesAreNoEnd() throws IOException {
        byte[] zip = Records.zip(trace(), 4);
        int damaged = 0;
        for (int at = 1; at + 4 <= zip.length; at++) {
            int signature = LittleEndian.i32(zip, at);
            if (signature == 0x04034b50 || signature == 0x02014b50 || signature == 0x06054b50) {
                byte[] bad = zip.clone();
                bad[at + 2] = 0x55;
                assertRefused(bad, "");
                damaged++;
            }
        }
        assertThat(damaged).isEqualTo(3 + 4 + 1);
    }

    @Test
    void anEntryThatTheCentralDirectoryDoesNotListIsSaid() throws IOException {
        byte[] zip = Records.zip(trace(), 2);
        int at = new String(zip, StandardCharsets.ISO_8859_1).lastIndexOf("chunk.");
        zip[at + 15] = '7';

        assertRefused(zip, "does not list the entries that are there");
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 12, 5})
    void aChunkWithoutFooterIsNamed(int cut) throws IOException {
        byte[] records = trace();
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        try (ZipOutputStream zip = new ZipOutputStream(out)) {
            zip.putNextEntry(new ZipEntry("chunk.0000000000"));
            zip.write(records, 0, 12 * 1000 - cut);
            zip.putNextEntry(new ZipEntry("chunk.0000000001"));
            zip.write(records, 12 * 1000, records.length - 12 * 1000);
        }

        assertRefused(out.toByteArray(), "chunk.0000000000 does not end with a chunk's footer");
    }
}
