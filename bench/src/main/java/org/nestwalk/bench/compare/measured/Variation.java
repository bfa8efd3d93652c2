package org.nestwalk.bench.compare.measured;

import java.util.List;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;
import org.nestwalk.mmu.model.CacheModel;
import org.nestwalk.mmu.model.Geometry;
import org.nestwalk.mmu.model.ProcessorModel;
import org.nestwalk.mmu.model.Replacement;
import org.nestwalk.mmu.model.TlbModel;

/// Machines that differ from a preset in one respect.
final class Variation {
    private Variation() {}

    /// Three levels of cache as the yardstick has in mode 4, for references of walks alone.
    static ProcessorModel withCaches(ProcessorModel machine) {
        List<CacheModel> caches =
                List.of(
                        cache("L1", 32 << 10, 8, 4),
                        cache("L2", 1 << 20, 16, 14),
                        cache("LLC", 16 << 20, 16, 50));
        return changed(
                machine,
                machine.translation().secondLevelTlbs(),
                machine.translation().walkCaches().nestedTlb(),
                caches);
    }

    /// Without data caches: every reference of a walk costs the same.
    static ProcessorModel withFlatMemory(ProcessorModel machine) {
        return changed(
                machine,
                machine.translation().secondLevelTlbs(),
                machine.translation().walkCaches().nestedTlb(),
                List.of());
    }

    /// Without a nested TLB.
    static ProcessorModel withoutNestedTlb(ProcessorModel machine) {
        return changed(
                machine, machine.translation().secondLevelTlbs(), null, machine.memory().caches());
    }

    /// With another replacement policy in the second-level TLBs.
    static ProcessorModel withReplacement(ProcessorModel machine, Replacement replacement) {
        return withSecondTlbs(machine, old -> new Geometry(old.entries(), old.ways(), replacement));
    }

    /// With second-level TLBs of `factor` times the entries.
    static ProcessorModel withLargerTlbs(ProcessorModel machine, int factor) {
        return withSecondTlbs(
                machine,
                old -> new Geometry(factor * old.entries(), old.ways(), old.replacement()));
    }

    private static ProcessorModel withSecondTlbs(
            ProcessorModel machine, UnaryOperator<Geometry> geometry) {
        List<TlbModel> tlbs =
                machine.translation().secondLevelTlbs().stream()
                        .map(tlb ->
                                new TlbModel(
                                        tlb.name(),
                                        tlb.serves(),
                                        tlb.sizes(),
                                        geometry.apply(tlb.geometry()),
                                        tlb.hitCycles()))
                        .toList();
        return changed(
                machine,
                tlbs,
                machine.translation().walkCaches().nestedTlb(),
                machine.memory().caches());
    }

    private static CacheModel cache(String name, int bytes, int ways, int latency) {
        return new CacheModel(name, new Geometry(bytes / 64, ways, Replacement.LRU), latency);
    }

    private static ProcessorModel changed(
            ProcessorModel old,
            List<TlbModel> secondLevelTlbs,
            @Nullable Geometry nestedTlb,
            List<CacheModel> caches) {
        return old.with(
                        old.translation()
                                .withSecondLevelTlbs(secondLevelTlbs)
                                .withWalkCaches(
                                        old.translation().walkCaches().withNestedTlb(nestedTlb)))
                .with(old.memory().withCaches(caches));
    }
}
