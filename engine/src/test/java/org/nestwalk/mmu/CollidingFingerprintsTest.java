package org.nestwalk.mmu;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.nestwalk.mmu.model.Geometry;
import org.nestwalk.mmu.model.Replacement;
import org.nestwalk.mmu.sets.Fingerprints;
import org.nestwalk.mmu.sets.NarrowSets;
import org.nestwalk.mmu.sets.SetAssociative;

/// Tags of one set with the same fingerprint are taken apart all the same.
class CollidingFingerprintsTest {
    private static final int SETS = 4;

    /// Tags of set 1 with one fingerprint.
    private static long[] tags(int count) {
        long[] tags = new long[count];
        long print = Fingerprints.of(1);
        int found = 0;
        for (long tag = 1; found < count; tag += SETS) {
            if (Fingerprints.of(tag) == print) {
                tags[found++] = tag;
            }
        }
        return tags;
    }

    @ParameterizedTest
    @CsvSource({"4, LRU", "8, LRU", "12, LRU", "16, LRU", "4, TREE_PLRU", "12, TREE_PLRU"})
    void eachIsFoundByItself(int ways, Replacement replacement) {
        long[] tags = tags(ways + 1);
        SetAssociative sets =
                new SetAssociative(new Geometry(SETS * ways, ways, replacement), true, 1);
        long prints = Fingerprints.spread(1);
        for (int i = 0; i < ways; i++) {
            assertThat(sets.lookup(tags[i], tags[i], prints)).isZero();
            sets.insert(tags[i], tags[i], prints, 100 + i);
        }
        for (int i = 0; i < ways; i++) {
            assertThat(sets.lookup(tags[i], tags[i], prints)).isEqualTo(100 + i);
            assertThat(sets.tag(sets.peek(tags[i], tags[i]))).isEqualTo(tags[i]);
            assertThat(sets.tag(sets.find(tags[i], tags[i], prints))).isEqualTo(tags[i]);
        }
        long other = tags[ways];
        assertThat(sets.lookup(other, other, prints)).isZero();
        assertThat(sets.find(other, other, prints)).isNegative();
        assertThat(sets.peek(other, other)).isNegative();
    }

    @Test
    void eachIsUsedByItself() {
        long[] tags = tags(5);
        NarrowSets sets = new NarrowSets(SETS, 4, 1, true);
        long prints = Fingerprints.spread(1);
        for (int i = 0; i < 4; i++) {
            assertThat(sets.useOrInsert(tags[i], prints)).isFalse();
        }
        for (int i = 0; i < 4; i++) {
            assertThat(sets.useOrInsert(tags[i], prints)).isTrue();
        }
        assertThat(sets.useOrInsert(tags[4], prints)).isFalse();
        assertThat(sets.useOrInsert(tags[0], prints)).as("the one replaced").isFalse();
        assertThat(sets.useOrInsert(tags[2], prints)).isTrue();
    }

    @Test
    void payloadsOfPairsAreTakenApart() {
        long[] tags = tags(4);
        NarrowSets sets = new NarrowSets(SETS, 4, 1, true);
        long prints = Fingerprints.spread(1);
        for (int i = 0; i < 3; i++) {
            assertThat(sets.lookup(tags[i], prints)).isZero();
            sets.insert(tags[i], prints, 50 + i);
        }
        for (int i = 0; i < 3; i++) {
            assertThat(sets.lookup(tags[i], prints)).isEqualTo(50 + i);
        }
        assertThat(sets.lookup(tags[3], prints)).isZero();
    }

    /// Ways that become free are filled again from the lowest, before any is replaced.
    @Test
    void lowestFreeWayIsFilledFirst() {
        NarrowSets sets = new NarrowSets(1, 4, 0, true);
        for (long tag = 10; tag < 14; tag++) {
            assertThat(sets.useOrInsert(tag, Fingerprints.spread(tag))).isFalse();
        }
        sets.remove(0, 2);
        sets.remove(0, 0);
        sets.remove(0, 3);
        int[] ways = new int[3];
        for (int i = 0; i < 3; i++) {
            long tag = 20L + i;
            ways[i] = sets.replaceLast(0, tag, Fingerprints.spread(tag)) - NarrowSets.firstPlace();
        }
        assertThat(ways).containsExactly(0, 2, 3);
        assertThat(sets.useOrInsert(11, Fingerprints.spread(11))).isTrue();
    }
}
