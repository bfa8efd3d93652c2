package org.nestwalk.machine.transactions;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.nestwalk.mmu.model.Geometry;
import org.nestwalk.mmu.model.Replacement;
import org.nestwalk.random.Xoshiro256;

class LineSetTwinTest {
    private static final long SEED = 20_260_101;

    /// A set of lines, and how many each set of the cache holds.
    private static final class Naive {
        final Set<Long> lines = new HashSet<>();
        final Map<Long, Integer> used = new HashMap<>();

        boolean add(long line, int sets, int ways) {
            if (lines.contains(line)) {
                return true;
            }
            if (used.getOrDefault(line % sets, 0) == ways) {
                return false;
            }
            lines.add(line);
            used.merge(line % sets, 1, Integer::sum);
            return true;
        }
    }

    @Test
    void agreesWithASetOfLinesForAnyShape() {
        Xoshiro256 random = new Xoshiro256(SEED);
        for (int round = 0; round < 200; round++) {
            int ways = 1 + (int) random.nextBelow(16);
            int sets = 1 + (int) random.nextBelow(100);
            LineSet set = new LineSet(new Geometry(sets * ways, ways, Replacement.LRU));
            Naive naive = new Naive();
            long range = 1 + random.nextBelow(2L * sets * ways);
            for (int step = 0; step < 2_000; step++) {
                long line = random.nextBelow(range) << random.nextBelow(30);
                String where = "seed %d, round %d, step %d".formatted(SEED, round, step);
                if (random.nextBelow(400) == 0) {
                    set.clear();
                    naive = new Naive();
                }
                assertThat(set.contains(line)).as(where).isEqualTo(naive.lines.contains(line));
                assertThat(set.add(line)).as(where).isEqualTo(naive.add(line, sets, ways));
                assertThat(set.size()).as(where).isEqualTo(naive.lines.size());
            }
        }
    }
}
