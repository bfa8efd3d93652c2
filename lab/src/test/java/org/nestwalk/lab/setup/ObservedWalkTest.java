package org.nestwalk.lab.setup;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.nestwalk.bits.Access;
import org.nestwalk.lab.machines.Machines;
import org.nestwalk.mmu.Mmu;
import org.nestwalk.mmu.count.MmuCounts;
import org.nestwalk.mmu.walk.WalkObserver;
import org.nestwalk.paging.AccessType;

class ObservedWalkTest {
    /// Adds up what an observer is told.
    private static final class Sum implements WalkObserver {
        private long cycles;
        private long references;

        @Override
        public void structureCacheLookup(int dimension, int found, int cost) {
            cycles += cost;
        }

        @Override
        public void nestedTlbLookup(boolean found, int cost) {
            cycles += cost;
        }

        @Override
        public void reference(
                int dimension, int level, long hpa, long entry, int server, int cost) {
            cycles += cost;
            references++;
        }

        @Override
        public void flagUpdate(int dimension, int level, long hpa, long entry, int cost) {
            cycles += cost;
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"skylake-sp", "zen4", "textbook", "opteron-2008", "opteron-pwc"})
    void observerIsToldEveryCycleThatAWalkCosts(String machine) {
        Mmu mmu = mmu(machine);
        Sum sum = new Sum();
        for (long gva = 0x7f00_0000_0000L; gva < 0x7f00_0010_0000L; gva += 4096) {
            mmu.walk(gva, AccessType.WRITE | AccessType.USER, sum);
        }
        assertThat(sum.cycles).isEqualTo(mmu.counts().walkCycles);
        assertThat(sum.references).isEqualTo(mmu.counts().walks.references());
    }

    @ParameterizedTest
    @ValueSource(strings = {"skylake-sp", "zen4"})
    void observedWalkCostsWhatThatOfAnAccessDoes(String machine) {
        Mmu observed = mmu(machine);
        Mmu plain = mmu(machine);
        for (long gva = 0x7f00_0000_0000L; gva < 0x7f00_0010_0000L; gva += 4096) {
            observed.walk(gva, AccessType.FETCH | AccessType.USER, WalkObserver.NONE);
            plain.run(new long[] {Access.pack(Access.FETCH, gva)}, 0, 1);
        }
        MmuCounts counts = plain.counts();
        assertThat(observed.counts().walkCycles).isEqualTo(counts.walkCycles);
        assertThat(observed.counts().walks.references()).isEqualTo(counts.walks.references());
    }

    private static Mmu mmu(String machine) {
        SetupContext context =
                new SetupContext(
                        Machines.named(machine).model(), "contiguous", "contiguous", 1, 4, 4);
        return Setups.parse("nested:4K/4K").apply(context).mmu();
    }
}
