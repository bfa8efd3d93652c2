package org.nestwalk.traces.format;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.zip.GZIPInputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.nestwalk.InputException;
import org.nestwalk.bits.Access;
import org.nestwalk.traces.AccessInfo;
import org.nestwalk.traces.Samples;
import org.nestwalk.traces.Samples.One;
import org.nestwalk.traces.TraceBlock;
import org.nestwalk.traces.TraceFormat;
import org.nestwalk.traces.TraceReader;
import org.nestwalk.traces.Traces;

class LackeyReaderTest {
    @TempDir Path directory;

    @Test
    void countsWhatAReaderOfLinesCounts() throws IOException {
        List<String> lines = lines();
        assertThat(lines).hasSize(170_121);

        long[] counts = Samples.byKind(Samples.all(Traces.open(Samples.LACKEY)));

        assertThat(counts[Access.FETCH]).isEqualTo(starting(lines, "I  "));
        assertThat(counts[Access.LOAD]).isEqualTo(starting(lines, " L "));
        assertThat(counts[Access.STORE]).isEqualTo(starting(lines, " S "));
        assertThat(counts[Access.MODIFY]).isEqualTo(starting(lines, " M "));
    }

    @Test
    void readsEveryAccessAsASlowReaderDoes() throws IOException {
        List<One> expected =
                lines().stream().filter(l -> !l.startsWith("==")).map(this::parse).toList();

        assertThat(Samples.all(Traces.open(Samples.LACKEY))).isEqualTo(expected);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "\n",
                "\n\n\n",
                "\r\n",
                "SB 0401ab70\n",
                "\nSB 0401ab70\n",
                "==7== Lackey\n\n"
            })
    void linesWithoutAccessesMayComeFirst(String first) throws IOException {
        Path file = Files.writeString(directory.resolve("text"), first + "I  0401ab70,3\nSB 1\n");

        assertThat(Samples.all(Traces.open(file)))
                .containsExactly(new One(0x401ab70, AccessInfo.pack(Access.FETCH, 3, 0)));
    }

    @Test
    void linesLikeThoseOfSuperblocksAreRefused() throws IOException {
        for (String line : List.of("SB", "SB x", "SBx 1", "S 1")) {
            assertGarbled("I  0401ab70,3\n" + line + "\n", "line 2: this is not a line of lackey");
        }
    }

    @Test
    void severalProcessesInOneFileAreSaid() throws IOException {
        Path file =
                Files.writeString(directory.resolve("text"), "==7== a\nI  1,3\n==8== b\n L 2,8\n");

        try (TraceReader reader = Traces.open(file)) {
            assertThat(reader.read(new TraceBlock())).isEqualTo(2);
            assertThat(reader.info().warnings())
                    .hasSize(1)
                    .first()
                    .asString()
                    .startsWith("2 processes");
        }
    }

    @Test
    void namesTheLineOfGarbledText() throws IOException {
        assertGarbled("==1== Lackey\nI  0401ab70,3\n L 12g4,8\n", "line 3: no hexadecimal address");
    }

    @Test
    void rejectsASizeBeyondSixteenBits() throws IOException {
        assertGarbled("I  0401ab70,65536\n", "line 1: the size exceeds 65535");
    }

    @Test
    void rejectsAnAddressBeyondSixtyFourBits() throws IOException {
        assertGarbled("I  10000000000000000,1\n", "line 1: the address has more than 16 digits");
    }

    @Test
    void takesALastLineWithoutALineFeed() throws IOException {
        Path file = write("I  0401ab70,3\n M ffffffffff600000,8");

        assertThat(Samples.all(Traces.open(file)))
                .containsExactly(
                        new One(0x401ab70, AccessInfo.pack(Access.FETCH, 3, 0)),
                        new One(0xffffffffff600000L, AccessInfo.pack(Access.MODIFY, 8, 0)));
    }

    private void assertGarbled(String text, String message) throws IOException {
        Path file = write(text);
        assertThatThrownBy(() -> Samples.all(Traces.open(file, TraceFormat.LACKEY)))
                .isInstanceOf(InputException.class)
                .hasMessageContaining(message)
                .hasMessageContaining(file.toString());
    }

    private Path write(String text) throws IOException {
        return Files.writeString(directory.resolve("trace.txt"), text);
    }

    private One parse(String line) {
        int kind =
                switch (line.charAt(1)) {
                    case 'L' -> Access.LOAD;
                    case 'S' -> Access.STORE;
                    case 'M' -> Access.MODIFY;
                    default -> Access.FETCH;
                };
        int comma = line.indexOf(',');
        int size = Integer.parseInt(line.substring(comma + 1));
        long address = Long.parseUnsignedLong(line.substring(3, comma), 16);
        return new One(address, AccessInfo.pack(kind, size, 0));
    }

    private static long starting(List<String> lines, String prefix) {
        return lines.stream().filter(line -> line.startsWith(prefix)).count();
    }

    private static List<String> lines() throws IOException {
        try (BufferedReader text =
                new BufferedReader(
                        new InputStreamReader(
                                new GZIPInputStream(Files.newInputStream(Samples.LACKEY)),
                                StandardCharsets.US_ASCII))) {
            return text.lines().toList();
        }
    }
}
