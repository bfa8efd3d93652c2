package org.nestwalk.lab.compare;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.nestwalk.lab.TestMachines;
import org.nestwalk.mmu.model.Geometry;
import org.nestwalk.mmu.model.ProcessorModel.SecondLevelFormat;
import org.nestwalk.mmu.model.Replacement;
import org.nestwalk.mmu.model.StructureCacheModel;

/// The order in which Bhargava et al. (ASPLOS 2008) find walk caches to help.
class WalkCacheOrderTest {
    private static final String PROGRAM = "zipf:footprint=256MiB,accesses=200000,seed=5";

    private static double referencesPerWalk(
            List<StructureCacheModel> guest,
            List<StructureCacheModel> second,
            @Nullable Geometry nestedTlb) {
        CompareOptions options =
                Comparisons.options(
                        TestMachines.of(SecondLevelFormat.EPT, guest, second, nestedTlb),
                        "nested:4K/4K");
        return Comparisons.run(PROGRAM, options).setups().getFirst().referencesPerWalk();
    }

    @Test
    void eachFurtherWalkCacheSavesReferences() {
        List<StructureCacheModel> caches = TestMachines.GUEST_CACHES;
        Geometry nestedTlb = new Geometry(64, 64, Replacement.LRU);
        double none = referencesPerWalk(List.of(), List.of(), null);
        double guest = referencesPerWalk(caches, List.of(), null);
        double both = referencesPerWalk(caches, caches, null);
        double withNestedTlb = referencesPerWalk(caches, caches, nestedTlb);
        assertThat(none).isEqualTo(24);
        assertThat(guest).isLessThan(none);
        assertThat(both).isLessThan(guest);
        assertThat(withNestedTlb).isLessThan(both).isGreaterThanOrEqualTo(1);
    }
}
