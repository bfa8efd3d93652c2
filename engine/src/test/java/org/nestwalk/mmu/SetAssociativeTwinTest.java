package org.nestwalk.mmu;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.nestwalk.Effort;
import org.nestwalk.mmu.model.Geometry;
import org.nestwalk.mmu.model.Replacement;
import org.nestwalk.mmu.sets.SetAssociative;
import org.nestwalk.mmu.sets.Slots;

class SetAssociativeTwinTest {
    private static final int[][] SHAPES = {
        {1, 1},
        {8, 1},
        {64, 4},
        {7, 7},
        {24, 8},
        {36, 12},
        {48, 16},
        {16, 16},
        {45, 9},
        {17, 17},
        {96, 96},
        {72, 24},
        {130, 65},
        {200, 100},
        {30, 3},
        {1536, 12}
    };

    static List<Geometry> geometries() {
        List<Geometry> all = new ArrayList<>();
        for (Replacement replacement : Replacement.values()) {
            for (int[] shape : SHAPES) {
                all.add(new Geometry(shape[0], shape[1], replacement));
            }
        }
        return all;
    }

    @ParameterizedTest
    @MethodSource("geometries")
    void agreesWithItsTwinAtEveryStep(Geometry geometry) {
        long seed = 20_251;
        SetAssociative fast = new SetAssociative(geometry, seed);
        NaiveSetAssociative twin = new NaiveSetAssociative(geometry, seed);
        SplittableRandom random = new SplittableRandom(seed);
        int range = Math.max(4, geometry.entries() * 2);
        for (int step = 0; step < Effort.of(20_000); step++) {
            // The square prefers small keys, so that there are hits in any geometry.
            double u = random.nextDouble();
            long key = (long) (u * u * range);
            long tag = key | (random.nextLong(2) << 50);
            String at = "seed " + seed + " step " + step;
            assertThat(Slots.peek(fast, key, tag)).as(at).isEqualTo(twin.peek(key, tag));
            int slot = twin.find(key, tag);
            assertThat(Slots.find(fast, key, tag)).as(at).isEqualTo(slot);
            if (slot < 0) {
                assertThat(Slots.insert(fast, key, tag)).as(at).isEqualTo(twin.insert(key, tag));
            }
            if (random.nextInt(20) == 0) {
                int gone = random.nextInt(geometry.entries());
                Slots.invalidate(fast, gone);
                twin.invalidate(gone);
            }
        }
        for (int slot = 0; slot < geometry.entries(); slot++) {
            assertThat(Slots.tag(fast, slot)).isEqualTo(twin.tag(slot));
        }
    }
}
