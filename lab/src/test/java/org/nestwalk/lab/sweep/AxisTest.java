package org.nestwalk.lab.sweep;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.nestwalk.InputException;

class AxisTest {
    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "1..4 | 1,2,3,4",
                "10..50+20 | 10,30,50",
                "10..49+20 | 10,30",
                "512..8192x2 | 512,1024,2048,4096,8192",
                "512..8191x2 | 512,1024,2048,4096",
                "1MiB..1GiBx8 | 1MiB,8MiB,64MiB,512MiB",
                "0.5..2+0.5 | 0.5,1,1.5,2",
                "1k..3k+1k | 1000,2000,3000",
                "7..7 | 7",
                "-2..1 | -2,-1,0,1",
                "nested:4K/4K | nested:4K/4K",
                "../a..b.nwt | ../a..b.nwt"
            })
    void aRangeStandsForItsValues(String text, String values) {
        assertThat(Axis.of("x", List.of(text)).values()).containsExactly(values.split(",", -1));
    }

    @ParameterizedTest
    @ValueSource(strings = {"4..1", "1..4+0", "1..4x1", "0..4x2", "1..4+-1"})
    void aRangeThatLeadsNowhereIsRefused(String text) {
        assertThatThrownBy(() -> Axis.of("x", List.of(text)))
                .isInstanceOf(InputException.class)
                .hasMessageContaining("leads nowhere");
    }

    @Test
    void aValueGivenTwiceIsRefused() {
        assertThatThrownBy(() -> Axis.of("x", List.of("1..3", "2")))
                .isInstanceOf(InputException.class)
                .hasMessageContaining("names a value twice");
    }

    @Test
    void anEndlessRangeIsRefused() {
        assertThatThrownBy(() -> Axis.of("x", List.of("1..1G")))
                .isInstanceOf(InputException.class)
                .hasMessageContaining("more than 1,000,000 values");
    }
}
