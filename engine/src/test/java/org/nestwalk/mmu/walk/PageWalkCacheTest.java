package org.nestwalk.mmu.walk;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.nestwalk.mmu.SmallMachine;
import org.nestwalk.mmu.SmallMachine.Format;
import org.nestwalk.mmu.SmallMachine.Surroundings;
import org.nestwalk.mmu.model.Geometry;
import org.nestwalk.mmu.model.PageWalkCacheModel;
import org.nestwalk.mmu.model.ProcessorModel;
import org.nestwalk.mmu.model.Replacement;
import org.nestwalk.paging.AccessType;
import org.nestwalk.paging.WalkVisitor;

/// Walks with a page walk cache before memory: in the place of a machine's only data cache.
class PageWalkCacheTest {
    private static final int HIT = 2;
    private static final int MEMORY = 100;

    private record Reference(int dimension, int level, int server, int cycles) {
        boolean isCacheable() {
            return level > 1;
        }
    }

    private static SmallMachine machine(int entries, boolean nested) {
        PageWalkCacheModel cache =
                new PageWalkCacheModel(
                        new Geometry(entries, entries, Replacement.LRU), nested, HIT);
        UnaryOperator<ProcessorModel> change =
                model -> {
                    ProcessorModel bare = model.withoutWalkCaches();
                    return bare.with(bare.memory().withPageWalkCache(cache));
                };
        return new SmallMachine(Format.EPT, Surroundings.DATA_CACHE, true, 1, change);
    }

    private static List<Reference> walk(SmallMachine machine) {
        List<Reference> references = new ArrayList<>();
        machine.mmu.walk(
                SmallMachine.gva(0),
                AccessType.READ | AccessType.USER,
                new WalkObserver() {
                    @Override
                    public void reference(
                            int dimension,
                            int level,
                            long hpa,
                            long entry,
                            int server,
                            int cycles) {
                        references.add(new Reference(dimension, level, server, cycles));
                    }
                });
        return references;
    }

    private static void assertServed(List<Reference> references, @Nullable Integer dimension) {
        for (Reference reference : references) {
            boolean held =
                    reference.isCacheable()
                            && (dimension == null || reference.dimension() == dimension);
            assertThat(reference.server()).as("%s", reference).isEqualTo(held ? 0 : 1);
            assertThat(reference.cycles()).as("%s", reference).isEqualTo(held ? HIT : MEMORY);
        }
    }

    @Test
    void walkGoesThroughAllLevelsAndReadsWhatIsHeldFromTheCache() {
        SmallMachine machine = machine(24, true);
        assertThat(walk(machine)).hasSize(24);
        List<Reference> again = walk(machine);
        assertThat(again).hasSize(24);
        assertServed(again, null);
    }

    @Test
    void entriesOfSecondLevelTablesAreHeldOnlyIfItSaysSo() {
        SmallMachine machine = machine(24, false);
        walk(machine);
        assertServed(walk(machine), WalkVisitor.GUEST);
    }

    @Test
    void tooFewEntriesForAWalkHoldNoneOfTheNext() {
        SmallMachine machine = machine(2, false);
        walk(machine);
        assertThat(walk(machine)).allMatch(reference -> reference.server() == 1);
    }

    @Test
    void observedWalksCostWhatIsCounted() {
        SmallMachine machine = machine(8, true);
        long cycles = 0;
        for (int i = 0; i < 3; i++) {
            cycles += walk(machine).stream().mapToLong(Reference::cycles).sum();
        }
        assertThat(machine.mmu.counts().walkCycles - machine.mmu.counts().flagCycles)
                .isEqualTo(cycles);
        assertThat(machine.mmu.counts().walks.references()).isEqualTo(72);
    }
}
