package org.nestwalk.mmu.sets;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class LruOrderTest {
    @Test
    void fourWaysStartWithWayZeroLast() {
        assertThat(LruOrder.initial(4)).isEqualTo(0x0123);
    }

    @Test
    void aUseMovesAWayToTheFront() {
        assertThat(LruOrder.touch(0x0123, 1)).isEqualTo(0x0231);
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 4, 12, 16})
    void aRotationIsAUseOfTheLast(int ways) {
        long order = LruOrder.initial(ways);
        for (int step = 0; step < 2 * ways; step++) {
            int victim = LruOrder.last(order, LruOrder.shift(ways - 1));
            long rotated = LruOrder.rotate(order, victim, LruOrder.mask(ways));
            assertThat(rotated).isEqualTo(LruOrder.touch(order, victim));
            order = rotated;
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 2, 5, 8, 12, 15, 16})
    void agreesWithAList(int ways) {
        List<Integer> list = new ArrayList<>();
        for (int way = 0; way < ways; way++) {
            list.addFirst(way);
        }
        long order = LruOrder.initial(ways);
        SplittableRandom random = new SplittableRandom(ways);
        for (int step = 0; step < 1000; step++) {
            int way = random.nextInt(ways);
            list.remove(Integer.valueOf(way));
            list.addFirst(way);
            order = LruOrder.touch(order, way);
            assertThat(LruOrder.last(order, LruOrder.shift(ways - 1))).isEqualTo(list.getLast());
            assertThat(order & 15).isEqualTo(way);
        }
    }
}
