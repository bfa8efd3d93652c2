package org.nestwalk;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.nestwalk.parameter.Domain;
import org.nestwalk.random.Xoshiro256;

class QuantitiesTest {
    @ParameterizedTest
    @CsvSource({
        "4096, 4096", "64KiB, 65536", "64K, 65536", "2MiB, 2097152", "2m, 2097152",
        "1.5GiB, 1610612736", "4TiB, 4398046511104", "0, 0", "1 GiB, 1073741824", "7B, 7"
    })
    void readsSizes(String text, long bytes) {
        assertThat(Quantities.size(text, "x")).isEqualTo(bytes);
    }

    /// A part of one cannot be meant, so a point is a mistake even if zeros follow it.
    @ParameterizedTest
    @ValueSource(strings = {"2.0", "2.5", "0.0", "4096.00"})
    void whatHasNoUnitHasNoFraction(String text) {
        for (ThrowingCallable reads :
                List.<ThrowingCallable>of(
                        () -> Quantities.count(text, "--nodes"),
                        () -> Quantities.size(text, "--nodes"),
                        () -> new Domain.Count(2, 64).canonical(text, "--nodes"))) {
            assertThatThrownBy(reads)
                    .isInstanceOf(InputException.class)
                    .hasMessageStartingWith("--nodes: '" + text + "' is not a whole number");
        }
        assertThatThrownBy(() -> new Domain.Count(2, 64).canonical(text, "--nodes"))
                .hasMessageEndingWith("; it is 2 to 64");
    }

    @ParameterizedTest
    @CsvSource({"17, 17", "500k, 500000", "50M, 50000000", "1.5G, 1500000000"})
    void readsCounts(String text, long count) {
        assertThat(Quantities.count(text, "x")).isEqualTo(count);
    }

    @Test
    void readsAddresses() {
        assertThat(Quantities.address("0x7f0000000000", "x")).isEqualTo(0x7f0000000000L);
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "x", "-1", "1.0001", "4PiB", "1e3", "9999999TiB", "0x10", "KiB"})
    void refusesWhatIsNoSize(String text) {
        assertThatThrownBy(() -> Quantities.size(text, "--memory"))
                .isInstanceOf(InputException.class)
                .hasMessageStartingWith("--memory: '" + text + "' is not");
    }

    @ParameterizedTest
    @ValueSource(strings = {"1KiB", "1T", "-3", "2.5", ""})
    void refusesWhatIsNoCount(String text) {
        assertThatThrownBy(() -> Quantities.count(text, "n")).isInstanceOf(InputException.class);
    }

    @ParameterizedTest
    @ValueSource(strings = {"7f00", "0x", "0xg", "0x11112222333344445"})
    void refusesWhatIsNoAddress(String text) {
        assertThatThrownBy(() -> Quantities.address(text, "base"))
                .isInstanceOf(InputException.class);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "0 | access | 0 accesses",
                "1 | access | 1 access",
                "1 | byte | 1 byte",
                "5000 | byte | 5,000 bytes",
                "1 | fetch | 1 fetch",
                "2 | fetch | 2 fetches",
                "1 | child process | 1 child process",
                "3 | child process | 3 child processes"
            })
    void oneIsSingular(long count, String what, String said) {
        assertThat(Quantities.counted(count, what)).isEqualTo(said);
    }

    @Test
    void formattedQuantitiesReadBackTheSame() {
        Xoshiro256 random = new Xoshiro256(1);
        for (int i = 0; i < 10_000; i++) {
            long value = random.nextLong() >>> (1 + random.nextBelow(62)) << random.nextBelow(20);
            value &= Long.MAX_VALUE;
            assertThat(Quantities.size(Quantities.formatSize(value), "x")).isEqualTo(value);
            assertThat(Quantities.count(Quantities.formatCount(value), "x")).isEqualTo(value);
            assertThat(Quantities.time(Quantities.formatTime(value), "x")).isEqualTo(value);
        }
    }

    @Test
    void timesHaveAUnit() {
        assertThat(Quantities.time("1.5s", "x")).isEqualTo(1_500_000_000);
        assertThat(Quantities.time("20 us", "x")).isEqualTo(20_000);
        assertThat(Quantities.formatTime(1_500_000_000)).isEqualTo("1500ms");
        assertThat(Quantities.formatTime(0)).isEqualTo("0ns");
        assertThatThrownBy(() -> Quantities.time("10", "--period"))
                .isInstanceOf(InputException.class)
                .hasMessage("--period: '10' is not a time such as 500us, 100ms or 1.5s");
    }
}
