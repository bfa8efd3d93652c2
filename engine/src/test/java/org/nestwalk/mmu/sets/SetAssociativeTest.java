package org.nestwalk.mmu.sets;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.nestwalk.mmu.model.Geometry;
import org.nestwalk.mmu.model.Replacement;

class SetAssociativeTest {
    private static SetAssociative array(int entries, int ways, Replacement replacement) {
        return new SetAssociative(new Geometry(entries, ways, replacement), 1);
    }

    private static void fill(SetAssociative array, int tags) {
        for (int tag = 0; tag < tags; tag++) {
            Slots.insert(array, 0, tag);
        }
    }

    @ParameterizedTest
    @EnumSource(Replacement.class)
    void fillsFreeWaysFromTheLowest(Replacement replacement) {
        SetAssociative array = array(12, 12, replacement);
        for (int tag = 0; tag < 12; tag++) {
            assertThat(Slots.insert(array, 0, tag)).isEqualTo(tag);
        }
    }

    @ParameterizedTest
    @EnumSource(Replacement.class)
    void replacesNothingWhileAWayIsFree(Replacement replacement) {
        SetAssociative array = array(12, 12, replacement);
        fill(array, 12);
        Slots.invalidate(array, 9);
        Slots.invalidate(array, 3);
        assertThat(Slots.insert(array, 0, 100)).isEqualTo(3);
        assertThat(Slots.insert(array, 0, 101)).isEqualTo(9);
    }

    @ParameterizedTest
    @ValueSource(ints = {4, 16, 40})
    void lruReplacesTheWayUsedLongestAgo(int ways) {
        SetAssociative array = array(ways, ways, Replacement.LRU);
        fill(array, ways);
        Slots.find(array, 0, 0);
        Slots.find(array, 0, 2);
        assertThat(Slots.insert(array, 0, 100)).isEqualTo(1);
        assertThat(Slots.insert(array, 0, 101)).isEqualTo(3);
    }

    @ParameterizedTest
    @EnumSource(Replacement.class)
    void aPeekIsNotAUse(Replacement replacement) {
        SetAssociative peeked = array(8, 8, replacement);
        SetAssociative left = array(8, 8, replacement);
        fill(peeked, 8);
        fill(left, 8);
        Slots.peek(peeked, 0, 0);
        assertThat(Slots.insert(peeked, 0, 100)).isEqualTo(Slots.insert(left, 0, 100));
    }

    @Test
    void treePlruPointsAwayFromTheLastUse() {
        SetAssociative array = array(4, 4, Replacement.TREE_PLRU);
        fill(array, 4);
        Slots.find(array, 0, 0);
        // The root points right, and there node (2, 3) points at 2, because 3 came after it.
        assertThat(Slots.insert(array, 0, 100)).isEqualTo(2);
    }

    @Test
    void treePlruSkipsTheWaysThatAreAbsent() {
        SetAssociative array = array(3, 3, Replacement.TREE_PLRU);
        fill(array, 3);
        Slots.find(array, 0, 2);
        Slots.find(array, 0, 0);
        // Right is (2, absent): the only way there.
        assertThat(Slots.insert(array, 0, 100)).isEqualTo(2);
    }

    @Test
    void lfuReplacesTheLowestOfTheWaysUsedLeast() {
        SetAssociative array = array(4, 4, Replacement.LFU);
        fill(array, 4);
        Slots.find(array, 0, 0);
        Slots.find(array, 0, 2);
        assertThat(Slots.insert(array, 0, 100)).isEqualTo(1);
    }

    @Test
    void lfuCountsSaturate() {
        SetAssociative array = array(2, 2, Replacement.LFU);
        fill(array, 2);
        for (int use = 0; use < 400; use++) {
            Slots.find(array, 0, 1);
        }
        for (int use = 0; use < 300; use++) {
            Slots.find(array, 0, 0);
        }
        assertThat(Slots.insert(array, 0, 100)).isEqualTo(0);
    }

    @Test
    void randomReplacementRepeatsWithItsSeed() {
        Geometry geometry = new Geometry(8, 8, Replacement.RANDOM);
        SetAssociative one = new SetAssociative(geometry, 7);
        SetAssociative same = new SetAssociative(geometry, 7);
        SetAssociative other = new SetAssociative(geometry, 8);
        int differences = 0;
        for (int tag = 0; tag < 100; tag++) {
            int slot = Slots.insert(one, 0, tag);
            assertThat(Slots.insert(same, 0, tag)).isEqualTo(slot);
            differences += Slots.insert(other, 0, tag) == slot ? 0 : 1;
        }
        assertThat(differences).isPositive();
    }

    @Test
    void randomReplacementReachesEveryWay() {
        SetAssociative array = array(5, 5, Replacement.RANDOM);
        fill(array, 5);
        long reached = 0;
        for (int tag = 5; tag < 205; tag++) {
            reached |= 1L << Slots.insert(array, 0, tag);
        }
        assertThat(reached).isEqualTo(0b11111);
    }

    @Test
    void aKeyChoosesItsSetByRemainder() {
        SetAssociative array = array(6, 2, Replacement.LRU);
        assertThat(Slots.insert(array, 3_000_000_001L, 1)).isEqualTo(2);
        assertThat(2 * array.setOf(5)).isEqualTo(4);
    }

    @ParameterizedTest
    @ValueSource(ints = {8, 64})
    void holdsNothingAfterClear(int ways) {
        SetAssociative array = array(64, ways, Replacement.LRU);
        Slots.insert(array, 5, 5);
        array.clear();
        assertThat(array.size()).isZero();
        assertThat(Slots.find(array, 5, 5)).isEqualTo(-1);
        assertThat(Slots.insert(array, 0, 0)).isZero();
    }

    @Test
    void refusesATagThatIsHeld() {
        SetAssociative array = array(8, 8, Replacement.LRU);
        Slots.insert(array, 0, 5);
        assertThatThrownBy(() -> Slots.insert(array, 0, 5)).isInstanceOf(AssertionError.class);
    }

    @Test
    void randomReplacementOfSeedZeroReachesEveryWay() {
        SetAssociative array = new SetAssociative(new Geometry(4, 4, Replacement.RANDOM), 0);
        fill(array, 4);
        long reached = 0;
        for (int tag = 4; tag < 104; tag++) {
            reached |= 1L << Slots.insert(array, 0, tag);
        }
        assertThat(reached).isEqualTo(0b1111);
    }
}
