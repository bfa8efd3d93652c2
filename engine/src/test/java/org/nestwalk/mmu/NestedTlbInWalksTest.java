package org.nestwalk.mmu;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.nestwalk.bits.Access;
import org.nestwalk.mmu.SmallMachine.Format;
import org.nestwalk.mmu.SmallMachine.Surroundings;
import org.nestwalk.mmu.count.MmuCounts;

/// What walks leave in the nested TLB.
class NestedTlbInWalksTest {
    private static final long GVA = SmallMachine.gva(0);

    @ParameterizedTest
    @EnumSource(names = {"EPT", "EPT_AD", "NPT"})
    void pageOnceWrittenIsWrittenAgainWithoutSecondLevelReferences(Format format) {
        SmallMachine machine = new SmallMachine(format, Surroundings.ALL_CACHES, true, 1);
        machine.access(Access.LOAD, GVA);
        machine.access(Access.STORE, GVA);
        machine.forgetTranslations();
        assertThat(secondReferences(machine, Access.STORE)).isZero();
        machine.forgetTranslations();
        assertThat(secondReferences(machine, Access.LOAD)).isZero();
    }

    @ParameterizedTest
    @EnumSource(names = {"EPT_AD", "NPT"})
    void pageOnceReadIsWalkedForItsDirtyFlag(Format format) {
        SmallMachine machine = new SmallMachine(format, Surroundings.ALL_CACHES, true, 1);
        machine.access(Access.LOAD, GVA);
        machine.forgetTranslations();
        assertThat(secondReferences(machine, Access.LOAD)).isZero();
        machine.forgetTranslations();
        assertThat(secondReferences(machine, Access.STORE)).isPositive();
    }

    private static long secondReferences(SmallMachine machine, int kind) {
        MmuCounts counts = machine.mmu.counts();
        long before = counts.walks.secondLevelReferences + counts.dirtyWalks.secondLevelReferences;
        machine.access(kind, GVA);
        return counts.walks.secondLevelReferences
                + counts.dirtyWalks.secondLevelReferences
                - before;
    }
}
