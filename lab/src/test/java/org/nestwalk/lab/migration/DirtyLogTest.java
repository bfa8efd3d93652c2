package org.nestwalk.lab.migration;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.nestwalk.InputException;
import org.nestwalk.hypervisor.migration.RepeatedActivity;
import org.nestwalk.hypervisor.migration.Touches;

class DirtyLogTest {
    private static final long MEMORY = 1L << 20;

    @TempDir private Path directory;

    private RepeatedActivity read(String text) throws IOException {
        return DirtyLog.read(Files.writeString(directory.resolve("log.csv"), text), MEMORY);
    }

    private static String text(Touches touches) {
        return IntStream.range(0, touches.count())
                .mapToObj(i -> touches.gpa(i) / 4096 + "@" + touches.time(i))
                .collect(Collectors.joining(" "));
    }

    @Test
    void linesOfOneTimeAreWrittenSinceTheTimeBefore() throws IOException {
        RepeatedActivity activity =
                read("# from a host\nmilliseconds,page,count\n100,10,3\n100,200,1\n250,10,1\n");
        assertThat(activity.nanoseconds()).isEqualTo(250_000_000);
        assertThat(text(activity.interval(0).written()))
                .isEqualTo("10@0 11@25000000 12@50000000 200@75000000");
        assertThat(text(activity.interval(1).written())).isEqualTo("10@0");
        assertThat(activity.interval(2)).isEqualTo(activity.interval(0));
        assertThat(activity.knowsReads()).isFalse();
    }

    @Test
    void aByteOrderMarkIsNoPartOfTheHeader() throws IOException {
        assertThat(read("\uFEFFmilliseconds,page,count\n1,2,3\n").nanoseconds())
                .isEqualTo(1_000_000);
    }

    @Test
    void longIntervalsAreCut() throws IOException {
        RepeatedActivity activity = read("milliseconds,page,count\n10000,0,10\n");
        assertThat(activity.nanoseconds()).isBetween(9_999_999_990L, 10_000_000_000L);
        assertThat(activity.writtenIn(0).size()).isBetween(1L, 2L);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "page,count | begins with 'page,count'",
                "milliseconds,page,count | tells of no written page",
                "milliseconds,page,count;1,2 | line 2: has 2 fields",
                "milliseconds,page,count;x,2,3 | has 'x' in place of milliseconds",
                "milliseconds,page,count;NaN,2,3 | has 'NaN' in place of milliseconds",
                "milliseconds,page,count;1,-2,3 | has '-2' in place of a number of pages",
                "milliseconds,page,count;1,2,0 | has a count of 0",
                "milliseconds,page,count;1e10,2,1 | in place of milliseconds, 0.001 to 1e9",
                "milliseconds,page,count;1,2,1;1.0001,2,1 | line 3: is less than a microsecond",
                "milliseconds,page,count;1,255,2 | is about pages 255 to 256 of a guest that has"
                        + " 256",
                "milliseconds,page,count;5,1,1;4,1,1 | line 3: is earlier",
                "milliseconds,page,count;0,1,1 | line 2: is less than a microsecond"
            })
    void whatIsNoLogIsSaid(String text, String message) {
        assertThatThrownBy(() -> read(text.replace(';', '\n')))
                .isInstanceOf(InputException.class)
                .hasMessageContaining("log.csv")
                .hasMessageContaining(message);
    }

    @Test
    void bytesThatAreNoTextAreSaid() throws IOException {
        Path file = Files.write(directory.resolve("bytes"), new byte[] {(byte) 0xff, 0, 1});
        assertThatThrownBy(() -> DirtyLog.read(file, MEMORY))
                .isInstanceOf(InputException.class)
                .hasMessageContaining("is no text");
        assertThatThrownBy(() -> DirtyLog.read(directory.resolve("none"), MEMORY))
                .isInstanceOf(InputException.class)
                .hasMessageContaining("cannot be read");
    }
}
