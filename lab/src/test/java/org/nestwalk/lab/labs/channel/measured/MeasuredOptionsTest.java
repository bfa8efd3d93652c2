package org.nestwalk.lab.labs.channel.measured;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.nestwalk.kvm.measure.Loads.Place;

class MeasuredOptionsTest {
    private static MeasuredOptions burst(int longest) {
        return new MeasuredOptions(Place.NATIVE, 512L << 20, longest, 1);
    }

    @Test
    void burstsArePowersOfTenAndTheLongest() {
        assertThat(burst(2_000).bursts()).containsExactly(1, 10, 100, 1_000, 2_000);
        assertThat(burst(100).bursts()).containsExactly(1, 10, 100);
        assertThat(burst(1).bursts()).containsExactly(1);
    }

    @Test
    void longerBurstsAreMeasuredLessOften() {
        assertThat(burst(2_000).measurements(1)).isEqualTo(1_000);
        assertThat(burst(100_000).measurements(20_000)).isEqualTo(250);
        assertThat(burst(100_000).measurements(100_000)).isEqualTo(100);
    }
}
