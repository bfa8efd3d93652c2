package org.nestwalk.mmu;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.nestwalk.bits.Access;
import org.nestwalk.bits.PagingEntry;
import org.nestwalk.mmu.SmallMachine.Format;
import org.nestwalk.mmu.SmallMachine.Surroundings;
import org.nestwalk.mmu.count.MmuCounts;
import org.nestwalk.mmu.count.WalkCounts;
import org.nestwalk.mmu.tlb.Invalidations;
import org.nestwalk.mmu.tlb.Translation;
import org.nestwalk.mmu.walk.WalkObserver;
import org.nestwalk.paging.AccessType;
import org.nestwalk.paging.Outcome;
import org.nestwalk.paging.WalkResult;
import org.nestwalk.paging.WalkVisitor;

/// A walk that is observed is counted as one that is not, and the observer sees all that is
/// counted.
class ObservedWalkTest {
    /// What an observer has seen, as an account.
    private static final class Seen implements WalkObserver {
        final WalkCounts walks = new WalkCounts();
        final List<Integer> levels = new ArrayList<>();
        long cycles;
        long flags;
        int begun;

        @Override
        public void secondLevelBegins(long gpa, int guestLevel) {
            begun++;
        }

        @Override
        public void structureCacheLookup(int dimension, int found, int spent) {
            (dimension == WalkVisitor.GUEST ? walks.starts : walks.secondStarts)[found]++;
            cycles += spent;
        }

        @Override
        public void nestedTlbLookup(boolean found, int spent) {
            walks.nestedTlbHits += found ? 1 : 0;
            cycles += spent;
        }

        @Override
        public void reference(
                int dimension, int level, long hpa, long entry, int server, int spent) {
            walks.countReferences(dimension, server, 1);
            levels.add(level);
            cycles += spent;
        }

        @Override
        public void flagUpdate(int dimension, int level, long hpa, long entry, int spent) {
            flags++;
            cycles += spent;
        }
    }

    @ParameterizedTest
    @EnumSource(Format.class)
    void observerSeesWhatIsCounted(Format format) {
        SmallMachine observed = new SmallMachine(format, Surroundings.ALL_CACHES, true, 1);
        for (int page : new int[] {0, 1, 9, 0, 200, 201, 9}) {
            long gva = SmallMachine.gva(page);
            MmuCounts before = observed.mmu.counts().copy();
            Seen seen = new Seen();
            WalkResult result = observed.mmu.walk(gva, AccessType.WRITE | AccessType.USER, seen);
            assertThat(result.outcome()).isEqualTo(Outcome.OK);
            MmuCounts counted = observed.mmu.counts().since(before);
            assertThat(counted.walkCycles).isEqualTo(seen.cycles);
            assertThat(counted.flagUpdates).isEqualTo(seen.flags);
            assertThat(counted.walks.guestServed).isEqualTo(seen.walks.guestServed);
            assertThat(counted.walks.secondServed).isEqualTo(seen.walks.secondServed);
            assertThat(counted.walks.starts).isEqualTo(seen.walks.starts);
            assertThat(counted.walks.nestedTlbHits).isEqualTo(seen.walks.nestedTlbHits);
            if (format != Format.NATIVE) {
                assertThat(counted.walks.secondStarts).isEqualTo(seen.walks.secondStarts);
            }
            assertThat(counted.walks.walks).isEqualTo(1);
            assertThat(counted.accesses()).isZero();
            assertThat(seen.begun).isPositive();
            assertThat(seen.levels).isNotEmpty();
        }
    }

    @Test
    void whatAProcessorHasNotIsNotLookedUp() {
        for (Surroundings surroundings : Surroundings.values()) {
            SmallMachine machine = new SmallMachine(Format.EPT, surroundings, true, 1);
            int[] lookups = new int[3];
            WalkObserver observer =
                    new WalkObserver() {
                        @Override
                        public void structureCacheLookup(int dimension, int found, int cycles) {
                            lookups[dimension == WalkVisitor.GUEST ? 0 : 1]++;
                        }

                        @Override
                        public void nestedTlbLookup(boolean found, int cycles) {
                            lookups[2]++;
                        }
                    };
            machine.mmu.walk(SmallMachine.gva(0), AccessType.READ | AccessType.USER, observer);
            boolean all = surroundings == Surroundings.ALL_CACHES;
            boolean second = all || surroundings == Surroundings.SECOND_CACHES;
            boolean nested = all || surroundings == Surroundings.NESTED_TLB;
            int guest = surroundings == Surroundings.NOTHING ? 0 : 1;
            assertThat(lookups).containsExactly(guest, second ? 5 : 0, nested ? 5 : 0);
        }
    }

    /// Second-level rights, of pages that the guest's tables allow everything on.
    @ParameterizedTest
    @EnumSource(names = {"EPT", "EPT_AD"})
    void whatTheSecondLevelForbidsIsNotGranted(Format format) {
        SmallMachine machine = new SmallMachine(format, Surroundings.ALL_CACHES, true, 1);
        long gva = SmallMachine.gva(3);
        long before = machine.access(Access.STORE, gva);
        assertThat(Translation.has(before, Translation.WRITABLE | Translation.DIRTY)).isTrue();
        machine.change(7, gva, 1);
        machine.mmu.invalidate(Invalidations.inveptAll());
        long after = machine.access(Access.LOAD, gva);
        assertThat(after).isEqualTo(before & ~(Translation.WRITABLE | Translation.DIRTY));
        assertThat(machine.access(Access.STORE, gva)).as("a violation").isNegative();
    }

    /// Cold machines, so that an access has to walk.
    @ParameterizedTest
    @EnumSource(Format.class)
    void observedWalkIsCountedAsOneThatIsNot(Format format) {
        for (Surroundings surroundings : Surroundings.values()) {
            SmallMachine observed = new SmallMachine(format, surroundings, true, 1);
            SmallMachine plain = new SmallMachine(format, surroundings, true, 1);
            for (int page = 0; page < SmallMachine.PAGES; page += 23) {
                long gva = SmallMachine.gva(page);
                long hpa = observed.mmu.walkOrFault(gva, AccessType.READ | AccessType.USER);
                long translation = plain.access(Access.LOAD, gva);
                assertThat(Translation.physical(translation, gva)).isEqualTo(hpa);
            }
            assertThat(observed.mmu.counts().walks)
                    .usingRecursiveComparison()
                    .isEqualTo(plain.mmu.counts().walks);
            assertThat(observed.mmu.counts().walkCycles).isEqualTo(plain.mmu.counts().walkCycles);
            assertThat(observed.mmu.counts().flagUpdates).isEqualTo(plain.mmu.counts().flagUpdates);
        }
    }

    @Test
    void walkBesideTheProcessorCountsNothing() {
        SmallMachine machine = new SmallMachine(Format.EPT_AD, Surroundings.ALL_CACHES, true, 1);
        long gva = SmallMachine.gva(3);
        long hpa = machine.mmu.walkOrFault(gva, AccessType.READ | AccessType.USER);
        MmuCounts before = machine.mmu.counts().copy();
        int[] references = new int[1];
        WalkResult result =
                machine.mmu
                        .walkerBeside(
                                new WalkVisitor() {
                                    @Override
                                    public void reference(
                                            int dimension, int level, long at, long entry) {
                                        references[0]++;
                                    }
                                })
                        .find(gva, AccessType.READ | AccessType.USER);
        assertThat(result.hostPhysicalAddress()).isEqualTo(hpa);
        assertThat(references[0]).as("all of a two-dimensional walk").isEqualTo(24);
        assertThat(machine.mmu.counts()).usingRecursiveComparison().isEqualTo(before);
    }

    @Test
    void walkThatFailsSaysHow() {
        SmallMachine machine = new SmallMachine(Format.EPT_AD, Surroundings.ALL_CACHES, true, 1);
        long gva = SmallMachine.gva(5);
        machine.rewriteLeaf(gva, entry -> entry & ~PagingEntry.PRESENT);
        assertThatThrownBy(() -> machine.mmu.walkOrFault(gva, AccessType.READ | AccessType.USER))
                .isInstanceOfSatisfying(
                        TranslationFault.class,
                        fault -> {
                            assertThat(fault.outcome()).isEqualTo(Outcome.PAGE_FAULT);
                            assertThat(fault.linearAddress()).isEqualTo(gva);
                            assertThat(fault.code()).isEqualTo(4);
                            assertThat(fault.getMessage())
                                    .isEqualTo("access to %x ends with PAGE_FAULT (code 4)", gva);
                        });
    }

    /// A cold walk that fails has read every entry, so that there is nothing to make sure of.
    @ParameterizedTest
    @EnumSource(Format.class)
    void aColdWalkThatFailsIsChargedOnce(Format format) {
        SmallMachine machine = new SmallMachine(format, Surroundings.GUEST_CACHES, true, 1);
        long gva = SmallMachine.gva(5);
        machine.rewriteLeaf(gva, entry -> entry & ~PagingEntry.PRESENT);
        assertThat(machine.access(Access.LOAD, gva)).as("a fault").isNegative();
        WalkCounts walks = machine.mmu.counts().walks;
        assertThat(walks.walks).isEqualTo(1);
        assertThat(walks.guestReferences).isEqualTo(4);
        assertThat(walks.secondLevelReferences).isEqualTo(format == Format.NATIVE ? 0 : 16);
    }

    /// The walk from a table that a cache knew, and the one from the root that makes sure.
    @ParameterizedTest
    @EnumSource(Format.class)
    void aShortenedWalkThatFailsIsMadeAgainFromTheRoot(Format format) {
        SmallMachine machine = new SmallMachine(format, Surroundings.GUEST_CACHES, true, 1);
        machine.access(Access.LOAD, SmallMachine.gva(4));
        MmuCounts before = machine.mmu.counts().copy();
        long gva = SmallMachine.gva(5);
        machine.rewriteLeaf(gva, entry -> entry & ~PagingEntry.PRESENT);
        assertThat(machine.access(Access.LOAD, gva)).as("a fault").isNegative();
        WalkCounts walks = machine.mmu.counts().since(before).walks;
        assertThat(walks.guestReferences).isEqualTo(1 + 4);
        assertThat(walks.secondLevelReferences).isEqualTo(format == Format.NATIVE ? 0 : 16);
    }

    /// The table that a paging-structure cache still knows no longer maps the page.
    @Test
    void observerIsToldThatAWalkStartsAgainFromTheRoot() {
        SmallMachine machine = new SmallMachine(Format.EPT, Surroundings.GUEST_CACHES, true, 1);
        long gva = SmallMachine.gva(0);
        machine.access(Access.LOAD, gva);
        machine.change(5, gva, 1);
        List<String> steps = new ArrayList<>();
        WalkObserver observer =
                new WalkObserver() {
                    @Override
                    public void restarts() {
                        steps.add("restart");
                    }

                    @Override
                    public void reference(
                            int dimension, int level, long hpa, long entry, int server, int spent) {
                        if (dimension == WalkVisitor.GUEST) {
                            steps.add("level " + level);
                        }
                    }
                };
        WalkResult result = machine.mmu.walk(gva, AccessType.READ | AccessType.USER, observer);
        assertThat(result.outcome()).isEqualTo(Outcome.OK);
        assertThat(steps)
                .containsExactly("level 1", "restart", "level 4", "level 3", "level 2", "level 1");
    }

    @Test
    void pageThatMayBeFetchedOnlyIsNotReadable() {
        SmallMachine machine = new SmallMachine(Format.EPT, Surroundings.GUEST_CACHES, true, 1);
        long gva = SmallMachine.gva(3);
        machine.rewriteSecond(gva, 1, entry -> entry & ~3);
        long fetched = machine.access(Access.FETCH, gva);
        assertThat(fetched).isPositive();
        assertThat(Translation.has(fetched, Translation.USER_EXECUTABLE)).isTrue();
        assertThat(Translation.has(fetched, Translation.READABLE)).isFalse();
        assertThat(machine.access(Access.LOAD, gva)).as("a violation").isNegative();
    }

    @Test
    void pageThatTheSecondLevelForbidsToFetchIsNotExecutable() {
        SmallMachine machine = new SmallMachine(Format.EPT, Surroundings.GUEST_CACHES, true, 1);
        long gva = SmallMachine.gva(3);
        machine.rewriteSecond(gva, 1, entry -> entry & ~4);
        long loaded = machine.access(Access.LOAD, gva);
        assertThat(Translation.has(loaded, Translation.READABLE)).isTrue();
        assertThat(Translation.has(loaded, Translation.USER_EXECUTABLE)).isFalse();
        assertThat(Translation.has(loaded, Translation.SUPERVISOR_EXECUTABLE)).isFalse();
        assertThat(machine.access(Access.FETCH, gva)).as("a violation").isNegative();
    }

    @Test
    void pageOfTheSupervisorIsNotTheUsers() {
        SmallMachine machine = new SmallMachine(Format.NATIVE, Surroundings.NOTHING, true, 1);
        long gva = SmallMachine.gva(3);
        long users = Translation.of(machine.mmu.walk(gva, AccessType.READ, WalkObserver.NONE));
        machine.rewriteLeaf(gva, entry -> entry & ~PagingEntry.USER);
        long supervisors =
                Translation.of(machine.mmu.walk(gva, AccessType.READ, WalkObserver.NONE));
        assertThat(supervisors).isEqualTo(users & ~Translation.USER).isNotEqualTo(users);
    }
}
