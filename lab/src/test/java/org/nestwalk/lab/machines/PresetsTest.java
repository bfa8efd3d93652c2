package org.nestwalk.lab.machines;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.nestwalk.InputException;
import org.nestwalk.bits.PageSize;
import org.nestwalk.mmu.model.Geometry;
import org.nestwalk.mmu.model.PageWalkCacheModel;
import org.nestwalk.mmu.model.ProcessorModel;
import org.nestwalk.mmu.model.Replacement;
import org.nestwalk.mmu.model.StructureCacheModel;
import org.nestwalk.mmu.model.TlbModel;

class PresetsTest {
    static List<String> presets() {
        return Machines.presets();
    }

    @ParameterizedTest
    @MethodSource("presets")
    void everyParameterHasASource(String name) {
        MachineFile file = Machines.named(name);
        assertThat(file.model().name()).isEqualTo(name);
        assertThat(file.model().description()).isNotBlank();
        assertThat(file.parameters())
                .allSatisfy(parameter ->
                        assertThat(parameter.source()).as(parameter.path()).isNotBlank());
    }

    @ParameterizedTest
    @MethodSource("presets")
    void everyPageSizeHasAFirstLevelTlbForDataAndInstructions(String name) {
        ProcessorModel model = Machines.named(name).model();
        assertThat(model.translation().firstLevelTlbs())
                .anyMatch(tlb -> serves(tlb, TlbModel.Serves.INSTRUCTION, PageSize.SIZE_4K));
        for (PageSize size : PageSize.values()) {
            assertThat(model.translation().firstLevelTlbs())
                    .anyMatch(tlb -> serves(tlb, TlbModel.Serves.DATA, size));
        }
    }

    private static boolean serves(TlbModel tlb, TlbModel.Serves kind, PageSize size) {
        return (tlb.serves() == kind || tlb.serves() == TlbModel.Serves.BOTH)
                && tlb.sizes().contains(size);
    }

    @ParameterizedTest
    @MethodSource("presets")
    void cachesGrowLargerAndSlowerOutward(String name) {
        ProcessorModel model = Machines.named(name).model();
        int entries = 0;
        int latency = 0;
        for (var cache : model.memory().caches()) {
            assertThat(cache.geometry().entries()).isGreaterThan(entries);
            assertThat(cache.latencyCycles()).isGreaterThan(latency);
            entries = cache.geometry().entries();
            latency = cache.latencyCycles();
        }
        assertThat(model.memory().memoryCycles()).isGreaterThan(latency);
    }

    @Test
    void yardstickHasTheGeometryOfTheReference() {
        ProcessorModel model = Machines.named("yardstick").model();
        assertThat(model.translation().firstLevelTlbs()).hasSize(2);
        assertThat(model.translation().firstLevelTlbs().getFirst().geometry())
                .isEqualTo(new Geometry(64, 4, Replacement.LRU));
        assertThat(model.translation().secondLevelTlbs())
                .singleElement()
                .extracting(TlbModel::geometry)
                .isEqualTo(new Geometry(1536, 12, Replacement.LRU));
        assertThat(model.translation().walkCaches().guestStructureCaches())
                .containsExactly(
                        new StructureCacheModel(4, new Geometry(4, 4, Replacement.LRU)),
                        new StructureCacheModel(3, new Geometry(8, 8, Replacement.LRU)),
                        new StructureCacheModel(2, new Geometry(32, 4, Replacement.LRU)));
        assertThat(model.translation().walkCaches().secondStructureCaches()).isEmpty();
        assertThat(model.translation().walkCaches().nestedTlb()).isNull();
        assertThat(model.memory().caches()).isEmpty();
    }

    @Test
    void opteronHasTheCachesOfTheStudy() {
        ProcessorModel model = Machines.named("opteron-2008").model();
        assertThat(model.translation().walkCaches().nestedTlb())
                .isEqualTo(new Geometry(16, 16, Replacement.LRU));
        int entries = 0;
        for (StructureCacheModel cache : model.translation().walkCaches().guestStructureCaches()) {
            entries += cache.geometry().entries();
        }
        for (StructureCacheModel cache : model.translation().walkCaches().secondStructureCaches()) {
            entries += cache.geometry().entries();
        }
        assertThat(entries).isEqualTo(24);
    }

    @Test
    void opteronHasThePageWalkCacheOfTheStudy() {
        ProcessorModel model = Machines.named("opteron-pwc").model();
        assertThat(model.translation().walkCaches().nestedTlb())
                .isEqualTo(new Geometry(16, 16, Replacement.LRU));
        assertThat(model.memory().pageWalkCache())
                .isEqualTo(new PageWalkCacheModel(new Geometry(24, 24, Replacement.LRU), true, 1));
    }

    @Test
    void unknownNameListsThePresets() {
        assertThatThrownBy(() -> Machines.named("skylake"))
                .isInstanceOf(InputException.class)
                .hasMessageContaining("'skylake'")
                .hasMessageContaining("skylake-sp, cascade-lake-6252, icelake-sp");
    }
}
