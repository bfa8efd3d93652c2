package org.nestwalk.mmu;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Arrays;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.nestwalk.bits.Access;
import org.nestwalk.mmu.SmallMachine.Format;
import org.nestwalk.mmu.SmallMachine.Surroundings;
import org.nestwalk.mmu.count.MmuCounts;
import org.nestwalk.mmu.count.WalkCounts;
import org.nestwalk.mmu.tlb.Invalidations;
import org.nestwalk.random.Xoshiro256;

/// Cycles of walks are those of their parts: a look-up of structure caches takes 1, of the nested
/// TLB 3, a reference 4 in the data cache and 100 in memory, a flag 50.
class WalkCostsTest {
    private static long sum(long[] numbers) {
        return Arrays.stream(numbers).sum();
    }

    private static void accesses(SmallMachine machine, int count) {
        Xoshiro256 random = new Xoshiro256(2);
        for (int i = 0; i < count; i++) {
            machine.access(Access.LOAD, SmallMachine.gva(random.nextBelow(SmallMachine.PAGES)));
        }
    }

    @ParameterizedTest
    @EnumSource(names = {"NATIVE", "EPT", "NPT"})
    void walksCostTheirLookUpsReferencesAndFlags(Format format) {
        SmallMachine machine = new SmallMachine(format, Surroundings.ALL_CACHES, true, 1);
        accesses(machine, 500);
        MmuCounts counts = machine.mmu.counts();
        WalkCounts walks = counts.walks;
        long nestedLookups = walks.nestedTlbHits + sum(walks.secondStarts);
        long expected =
                sum(walks.starts)
                        + (format == Format.NATIVE ? 0 : sum(walks.secondStarts))
                        + (format == Format.NATIVE ? 0 : 3 * nestedLookups)
                        + 4 * (walks.guestServed[0] + walks.secondServed[0])
                        + 100 * (walks.guestServed[1] + walks.secondServed[1])
                        + 50 * counts.flagUpdates;
        assertThat(counts.walkCycles).isEqualTo(expected).isPositive();
        assertThat(sum(walks.starts)).isEqualTo(walks.walks);
        assertThat(sum(walks.guestServed)).isEqualTo(walks.guestReferences);
        assertThat(sum(walks.secondServed)).isEqualTo(walks.secondLevelReferences);
        assertThat(walks.starts[0]).as("few begin at the root").isLessThan(walks.walks / 2);
    }

    @Test
    void walksBeforeAFlatMemoryCostItsLatency() {
        SmallMachine machine = new SmallMachine(Format.EPT, Surroundings.GUEST_CACHES, true, 1);
        accesses(machine, 500);
        MmuCounts counts = machine.mmu.counts();
        assertThat(counts.walkCycles)
                .isEqualTo(
                        counts.walks.walks
                                + 100 * counts.walks.references()
                                + 50 * counts.flagUpdates);
        assertThat(counts.walks.nestedTlbHits).isZero();
        assertThat(counts.walks.guestServed[0]).isEqualTo(counts.walks.guestReferences);
    }

    /// A cold walk of four tables and a page, each through four second-level tables.
    @Test
    void firstWalkMakesAllReferencesAndTheNextFew() {
        SmallMachine machine = new SmallMachine(Format.EPT, Surroundings.ALL_CACHES, true, 1);
        WalkCounts walks = machine.mmu.counts().walks;
        machine.access(Access.LOAD, SmallMachine.gva(0));
        assertThat(walks.guestReferences).isEqualTo(4);
        assertThat(walks.starts).containsExactly(1, 0, 0, 0, 0, 0);
        assertThat(walks.secondStarts[0]).as("then its caches know").isEqualTo(1);
        assertThat(sum(walks.secondStarts)).isEqualTo(5);
        machine.access(Access.LOAD, SmallMachine.gva(1));
        assertThat(walks.guestReferences).as("the leaf").isEqualTo(5);
        assertThat(walks.starts).containsExactly(1, 0, 1, 0, 0, 0);
        assertThat(walks.nestedTlbHits).as("its table is known by where it is").isZero();
        assertThat(sum(walks.secondStarts)).isEqualTo(6);
    }

    @Test
    void ineptForgetsWhatTheSecondLevelHasFound() {
        SmallMachine machine = new SmallMachine(Format.EPT, Surroundings.ALL_CACHES, true, 1);
        WalkCounts walks = machine.mmu.counts().walks;
        machine.access(Access.LOAD, SmallMachine.gva(0));
        machine.mmu.invalidate(Invalidations.inveptAll());
        machine.access(Access.LOAD, SmallMachine.gva(0));
        assertThat(walks.starts[0]).as("combined mappings go, too").isEqualTo(2);
        assertThat(walks.nestedTlbHits).isZero();
        assertThat(walks.secondStarts[0]).isEqualTo(2);
        machine.forgetTranslations();
        machine.access(Access.LOAD, SmallMachine.gva(0));
        assertThat(walks.starts[0]).isEqualTo(3);
        assertThat(walks.nestedTlbHits).as("guest-physical mappings stay").isEqualTo(5);
    }

    @ParameterizedTest
    @EnumSource(names = {"NATIVE", "EPT", "NPT"})
    void everyWalkBeginsAtTheRootWithoutCaches(Format format) {
        SmallMachine machine = new SmallMachine(format, Surroundings.NOTHING, true, 1);
        accesses(machine, 200);
        MmuCounts counts = machine.mmu.counts();
        WalkCounts walks = counts.walks;
        assertThat(walks.starts).containsExactly(walks.walks, 0, 0, 0, 0, 0);
        assertThat(walks.guestReferences)
                .as("of 4 tables, or 3 for large pages")
                .isBetween(3 * walks.walks + 1, 4 * walks.walks - 1);
        assertThat(counts.walkCycles).isEqualTo(100 * walks.references() + 50 * counts.flagUpdates);
    }

    @Test
    void firstReferenceToALineOfATableIsCold() {
        SmallMachine machine = new SmallMachine(Format.NATIVE, Surroundings.DATA_CACHE, true, 1);
        MmuCounts counts = machine.mmu.counts();
        machine.access(Access.LOAD, SmallMachine.gva(0));
        assertThat(counts.coldReferences).as("an entry of each table").isEqualTo(4);
        assertThat(counts.coldCycles).isEqualTo(400);
        machine.forgetTranslations();
        machine.access(Access.LOAD, SmallMachine.gva(1));
        assertThat(counts.coldReferences).as("its entry is in the same line").isEqualTo(4);
        for (int page = 0; page < SmallMachine.PAGES; page += 8) {
            machine.access(Access.LOAD, SmallMachine.gva(page));
        }
        long cold = counts.coldReferences;
        long fromMemory = counts.walks.guestServed[1];
        assertThat(counts.coldCycles).isEqualTo(100 * cold);
        machine.forgetTranslations();
        for (int page = 0; page < SmallMachine.PAGES; page += 8) {
            machine.access(Access.LOAD, SmallMachine.gva(page));
        }
        assertThat(counts.walks.guestServed[1])
                .as("lines left the cache")
                .isGreaterThan(fromMemory);
        assertThat(counts.coldReferences).as("but are known").isEqualTo(cold);
        assertThat(counts.coldCycles).isEqualTo(100 * cold);
    }

    @Test
    void noReferenceIsColdBeforeAFlatMemory() {
        SmallMachine machine = new SmallMachine(Format.EPT, Surroundings.UNEVEN_MEMORY, true, 1);
        accesses(machine, 100);
        assertThat(machine.mmu.counts().walks.references()).isPositive();
        assertThat(machine.mmu.counts().coldReferences).isZero();
        assertThat(machine.mmu.counts().coldCycles).isZero();
    }

    @Test
    void cyclesOfFlagsAreAPartOfThoseOfWalks() {
        SmallMachine machine = new SmallMachine(Format.EPT_AD, Surroundings.GUEST_CACHES, true, 1);
        accesses(machine, 100);
        MmuCounts counts = machine.mmu.counts();
        assertThat(counts.flagUpdates).isPositive();
        assertThat(counts.flagCycles).isEqualTo(50 * counts.flagUpdates);
    }
}
