package org.nestwalk.lab.calibrate;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import org.junit.jupiter.api.Test;

class OccupancyTest {
    @Test
    void everythingIsFoundWhereThereIsRoom() {
        Occupancy occupancy = new Occupancy(100, new double[] {60, 40}, new double[] {1, 1});
        assertThat(occupancy.hits(0)).isEqualTo(1);
        assertThat(occupancy.hits(1)).isEqualTo(1);
    }

    @Test
    void itemsUsedAlikeAreFoundAsOftenAsThereIsRoom() {
        Occupancy occupancy = new Occupancy(25, new double[] {100}, new double[] {1});
        assertThat(occupancy.hits(0)).isCloseTo(0.25, within(1e-4));
    }

    @Test
    void itemsThatAreUsedMoreAreFoundMore() {
        double[] items = {1000, 100};
        Occupancy occupancy = new Occupancy(200, items, new double[] {1, 1});
        assertThat(occupancy.hits(1)).isGreaterThan(2 * occupancy.hits(0));
        assertThat(1000 * occupancy.hits(0) + 100 * occupancy.hits(1)).isCloseTo(200, within(0.1));
    }

    @Test
    void itemsThatAreNotUsedTakeNoRoom() {
        Occupancy occupancy = new Occupancy(50, new double[] {50, 1000}, new double[] {1, 0});
        assertThat(occupancy.hits(0)).isEqualTo(1);
    }
}
