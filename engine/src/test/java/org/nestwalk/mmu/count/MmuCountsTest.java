package org.nestwalk.mmu.count;

import static org.assertj.core.api.Assertions.assertThat;

import java.lang.reflect.Array;
import java.lang.reflect.Field;
import java.lang.reflect.Modifier;
import org.junit.jupiter.api.Test;
import org.nestwalk.paging.WalkVisitor;

/// Accounts are added and taken from each other field by field, whatever fields there are.
class MmuCountsTest {
    /// Sets every number of an account to one of its own, `factor` times as large.
    private static long fill(Object account, long factor, long next) {
        try {
            for (Field field : account.getClass().getFields()) {
                if (Modifier.isStatic(field.getModifiers())) {
                    continue;
                }
                if (field.getType() == long.class) {
                    field.setLong(account, factor * next++);
                } else if (field.getType().isArray()) {
                    Object array = field.get(account);
                    for (int i = 0; i < Array.getLength(array); i++) {
                        Array.setLong(array, i, factor * next++);
                    }
                } else {
                    next = fill(field.get(account), factor, next);
                }
            }
            return next;
        } catch (IllegalAccessException e) {
            throw new AssertionError(e);
        }
    }

    private static MmuCounts counts(long factor) {
        MmuCounts counts = new MmuCounts();
        assertThat(fill(counts, factor, 1)).as("numbers of an account").isGreaterThan(50);
        return counts;
    }

    private static void assertSame(MmuCounts counts, MmuCounts expected) {
        assertThat(counts).usingRecursiveComparison().isEqualTo(expected);
    }

    @Test
    void everyNumberIsAddedTakenAndCopied() {
        MmuCounts sum = counts(3);
        sum.add(counts(2));
        assertSame(sum, counts(5));
        assertSame(sum.since(counts(4)), counts(1));
        assertSame(sum, counts(5));
        MmuCounts copy = sum.copy();
        assertSame(copy, sum);
        copy.add(counts(1));
        assertSame(sum, counts(5));
    }

    @Test
    void sumsAreOfTheirParts() {
        MmuCounts counts = new MmuCounts();
        counts.loads = 1;
        counts.stores = 20;
        counts.fetches = 300;
        counts.l1DataMisses = 4;
        counts.l1InstructionMisses = 50;
        counts.l2DataMisses = 6;
        counts.l2InstructionMisses = 70;
        counts.tlbCycles = 8;
        counts.walkCycles = 90;
        counts.walks.guestReferences = 5;
        counts.walks.secondLevelReferences = 60;
        assertThat(counts.accesses()).isEqualTo(321);
        assertThat(counts.l1Misses()).isEqualTo(54);
        assertThat(counts.l2Misses()).isEqualTo(76);
        assertThat(counts.translationCycles()).isEqualTo(98);
        assertThat(counts.walks.references()).isEqualTo(65);
        counts.dataCycles = 1000;
        assertThat(counts.cycles(2)).isEqualTo(642 + 98 + 1000);
        assertThat(counts.walks.referencesPerWalk()).as("without a walk").isZero();
        counts.walks.walks = 26;
        assertThat(counts.walks.referencesPerWalk()).isEqualTo(2.5);
    }

    @Test
    void referencesAreCountedByDimensionAndServer() {
        WalkCounts walks = new WalkCounts();
        walks.countReferences(WalkVisitor.GUEST, 2, 3);
        walks.countReferences(WalkVisitor.SECOND, 1, 7);
        walks.countReferences(WalkVisitor.SECOND, 1, 1);
        assertThat(walks.guestReferences).isEqualTo(3);
        assertThat(walks.secondLevelReferences).isEqualTo(8);
        assertThat(walks.guestServed).containsExactly(0, 0, 3, 0, 0, 0);
        assertThat(walks.secondServed).containsExactly(0, 8, 0, 0, 0, 0);
    }
}
