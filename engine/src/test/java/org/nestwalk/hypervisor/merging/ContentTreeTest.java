package org.nestwalk.hypervisor.merging;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.nestwalk.random.Xoshiro256;

class ContentTreeTest {
    /// Beside a [TreeMap].
    @Test
    void whatWasAddedIsFoundUntilItIsRemoved() {
        for (int seed = 1; seed <= 20; seed++) {
            Xoshiro256 random = new Xoshiro256(seed);
            ContentTree<Long> tree = new ContentTree<>();
            TreeMap<Long, ContentTree.Place<Long>> twin = new TreeMap<>();
            for (int i = 0; i < 500; i++) {
                long value = random.nextBelow(100);
                ContentTree.Place<Long> place = twin.get(value);
                assertThat(tree.find(other -> Long.compare(value, other)))
                        .isEqualTo(place == null ? null : value);
                if (place == null) {
                    twin.put(value, tree.add(value, other -> Long.compare(value, other)));
                } else {
                    tree.remove(place);
                    twin.remove(value);
                }
                assertThat(tree.size()).isEqualTo(twin.size());
            }
            tree.clear();
            assertThat(tree.size()).isZero();
            assertThat(tree.find(_ -> 0)).isNull();
        }
    }

    @Test
    void searchTakesFewStepsWhateverTheOrder() {
        ContentTree<Integer> tree = new ContentTree<>();
        for (int i = 0; i < 4096; i++) {
            int value = i;
            var _ = tree.add(value, other -> Integer.compare(value, other));
        }
        List<Integer> steps = new ArrayList<>();
        assertThat(
                        tree.find(other -> {
                            steps.add(other);
                            return Integer.compare(77, other);
                        }))
                .isEqualTo(77);
        assertThat(steps).hasSizeLessThan(48);
    }
}
