package org.nestwalk.lab.curve;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.BitSet;
import java.util.HashMap;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;

class PageIdsTest {
    @Test
    void pagesKeepTheirNumbersUntilTheyAreRemoved() {
        PageIds ids = new PageIds();
        Map<Long, Integer> naive = new HashMap<>();
        BitSet inUse = new BitSet();
        Random random = new Random(1);
        int most = 0;
        for (int i = 0; i < 200_000; i++) {
            long tag = (long) random.nextInt(5000) << random.nextInt(3) * 20;
            if (naive.containsKey(tag) && random.nextInt(3) == 0) {
                int id = naive.remove(tag);
                ids.remove(id);
                inUse.clear(id);
            } else {
                int id = ids.of(tag);
                assertThat(naive.getOrDefault(tag, id)).isEqualTo(id);
                if (naive.put(tag, id) == null) {
                    assertThat(inUse.get(id)).isFalse();
                    inUse.set(id);
                }
                assertThat(ids.tag(id)).isEqualTo(tag);
            }
            assertThat(ids.size()).isEqualTo(naive.size());
            most = Math.max(most, naive.size());
        }
        int last = most;
        assertThat(naive.values()).allMatch(id -> id < last);
    }
}
