package org.nestwalk.guest.program;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.HashSet;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.nestwalk.random.Xoshiro256;

class VertexSetTest {
    @Test
    void behavesLikeAHashSet() {
        VertexSet set = new VertexSet(1000);
        Set<Long> twin = new HashSet<>();
        Xoshiro256 random = new Xoshiro256(41);
        for (int i = 0; i < 200_000; i++) {
            if (twin.size() == 1000 || random.nextBelow(5000) == 0) {
                set.clear();
                twin.clear();
            }
            long vertex = random.nextBelow(2000) << 20;
            assertThat(set.add(vertex)).isEqualTo(twin.add(vertex));
        }
    }
}
