package org.nestwalk.lab.labs.layout;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;
import java.util.stream.LongStream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.nestwalk.bits.PageSize;
import org.nestwalk.hypervisor.layout.Granule;
import org.nestwalk.lab.experiment.Laboratory;
import org.nestwalk.lab.labs.layout.LayoutResult.CacheAttack;
import org.nestwalk.lab.labs.layout.LayoutResult.Placement;
import org.nestwalk.lab.labs.layout.LayoutResult.WalkAttack;
import org.nestwalk.lab.machines.Machines;
import org.nestwalk.lab.progress.Meter;
import org.nestwalk.lab.progress.ProgressListener;
import org.nestwalk.mmu.model.CacheModel;
import org.nestwalk.mmu.model.Geometry;
import org.nestwalk.mmu.model.ProcessorModel;
import org.nestwalk.mmu.model.Replacement;
import org.nestwalk.random.Xoshiro256;

/// What is promised of scattered memory.
class LayoutAcceptanceTest {
    private static final long BYTES = 32L << 20;
    private static final ProcessorModel MODEL = small();

    /// A shared cache of 1 MiB in 4 ways: 64 colours.
    private static ProcessorModel small() {
        ProcessorModel model = Machines.named("skylake-sp").model();
        return model.with(
                model.memory()
                        .withCaches(
                                List.of(
                                        new CacheModel(
                                                "LLC",
                                                new Geometry(1 << 14, 4, Replacement.LRU),
                                                70))));
    }

    private static ScatteredGuest guest(@Nullable Granule granule, long key) {
        return new ScatteredGuest(
                MODEL, granule, BYTES, PageSize.SIZE_4K, key, Laboratory.unwatched().meter(1));
    }

    private static LayoutAttacks attacks(ScatteredGuest guest, @Nullable Granule granule) {
        return new LayoutAttacks(
                guest, MODEL, granule, granule == null ? "plain" : granule.label(), 3);
    }

    private static Meter meter() {
        return new Meter(ProgressListener.NONE, 1);
    }

    @Test
    void smallGranulesSayNothingOfTheCacheSet() {
        try (ScatteredGuest guest = guest(Granule.SMALL, 1)) {
            Placement found = attacks(guest, Granule.SMALL).placement(60);
            assertThat(found.setInformation()).isLessThan(0.01);
            assertThat(found.sliceInformation()).isLessThan(0.01);
            assertThat(found.chiSquare()).isBetween(0.01, 0.99);
            assertThat(Math.abs(found.autocorrelation())).isLessThan(0.01);
            assertThat(found.entropy()).isGreaterThan(13);
        }
    }

    @Test
    void withoutALayoutAllBitsAreKnown() {
        try (ScatteredGuest guest = guest(null, 1)) {
            Placement found = attacks(guest, null).placement(1);
            assertThat(found.setInformation()).isEqualTo(found.setBits());
            assertThat(found.autocorrelation()).isGreaterThan(0.99);
            assertThat(found.chiSquare()).isLessThan(1e-6);
        }
    }

    @Test
    void chiSquareOfShufflesIsEvenlyDistributed() {
        // Seeds of which fewer than one in ten is in each tenth would be found by none of the
        // above.
        int[] tenths = new int[10];
        for (int seed = 0; seed < 60; seed++) {
            Xoshiro256 random = new Xoshiro256(seed);
            long[] places = LongStream.range(0, 16_384).map(page -> page << 12).toArray();
            for (int i = places.length - 1; i > 0; i--) {
                int j = (int) random.nextBelow(i + 1L);
                long place = places[i];
                places[i] = places[j];
                places[j] = place;
            }
            PlaceStatistics statistics = new PlaceStatistics(SharedCache.of(MODEL));
            statistics.add(Arrays.copyOf(places, 8_192));
            double p = statistics.result("shuffled", 16_384, 64).chiSquare();
            tenths[Math.min(9, (int) (p * 10))]++;
        }
        assertThat(IntStream.of(tenths).max().orElseThrow())
                .as(Arrays.toString(tenths))
                .isLessThan(16);
    }

    @Test
    void evictionSetsTakeAsMuchLongerAsPredicted() {
        CacheAttack plain;
        try (ScatteredGuest guest = guest(null, 1)) {
            plain = attacks(guest, null).evictionSets(8, null, meter());
            assertThat(plain.found()).isEqualTo(8);
        }
        for (Granule granule : List.of(Granule.MEDIUM, Granule.SMALL)) {
            try (ScatteredGuest guest = guest(granule, 1)) {
                CacheAttack attack = attacks(guest, granule).evictionSets(40, plain, meter());
                assertThat(attack.found()).isGreaterThan(35);
                assertThat(attack.slowdown() / attack.predicted()).isBetween(0.75, 1.33);
            }
        }
    }

    @Test
    void hiddenColoursAreThoseThatAGranuleDoesNotFix() {
        assertThat(LayoutAttacks.hidden(null, 896)).isEqualTo(1);
        assertThat(LayoutAttacks.hidden(Granule.LARGE, 896)).isEqualTo(7);
        assertThat(LayoutAttacks.hidden(Granule.MEDIUM, 896)).isEqualTo(56);
        assertThat(LayoutAttacks.hidden(Granule.SMALL, 896)).isEqualTo(896);
        assertThat(LayoutAttacks.hidden(Granule.LARGE, 64)).isEqualTo(1);
    }

    @Test
    void pageTablesTellAddressesWhateverTheLayoutIs() {
        for (boolean moves : new boolean[] {false, true}) {
            try (ScatteredGuest guest = guest(Granule.SMALL, 2)) {
                WalkAttack attack = attacks(guest, Granule.SMALL).tables(4, moves, meter());
                assertThat(attack.found()).isGreaterThan(4 * TableLines.BITS * 9 / 10);
            }
        }
    }

    @Test
    void movingInTimeBeatsAnAttackAndMovingLateDoesNot() {
        try (ScatteredGuest guest = guest(Granule.SMALL, 4)) {
            LayoutAttacks attacks = attacks(guest, Granule.SMALL);
            double usual = attacks.evictionSets(10, null, meter()).accesses();
            assertThat(attacks.race(0.1, usual, 5, meter()).found()).isZero();
            assertThat(attacks.race(100, usual, 5, meter()).found()).isGreaterThan(3);
        }
    }

    @Test
    void contentsStayWhileEverythingMovesAndSmallGranulesCostWalks() {
        double large;
        try (ScatteredGuest guest = guest(Granule.LARGE, 5)) {
            assertThat(guest.keepsContents(3, 1)).isTrue();
            large = guest.randomAccesses(20_000, 1).walks.referencesPerWalk();
        }
        try (ScatteredGuest guest = guest(Granule.SMALL, 5)) {
            assertThat(guest.keepsContents(3, 1)).isTrue();
            assertThat(guest.randomAccesses(20_000, 1).walks.referencesPerWalk())
                    .isGreaterThan(large);
        }
    }
}
