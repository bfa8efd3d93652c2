package org.nestwalk.mmu.walk;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.fail;

import java.util.random.RandomGenerator;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.EnumSource.Mode;
import org.nestwalk.Effort;
import org.nestwalk.bits.Access;
import org.nestwalk.bits.PagingEntry;
import org.nestwalk.mmu.SmallMachine;
import org.nestwalk.mmu.tlb.Translation;
import org.nestwalk.random.Xoshiro256;

/// Repeating known walks, and walking along known paths, changes nothing: a processor that does so
/// and one that makes every walk anew agree on every translation and count, whatever happens to the
/// tables in between.
class RepeatedWalksTest {
    private static final int STEPS = Effort.of(20_000);

    @ParameterizedTest
    @EnumSource(SmallMachine.Format.class)
    void repeatedWalksEndAndCountAsWalksThatAreMade(SmallMachine.Format format) {
        compare(format, SmallMachine.Surroundings.GUEST_CACHES);
    }

    @ParameterizedTest
    @EnumSource(SmallMachine.Format.class)
    void repeatsBeforeUnevenMemoryCostWhatWalksCost(SmallMachine.Format format) {
        compare(format, SmallMachine.Surroundings.UNEVEN_MEMORY);
    }

    @ParameterizedTest
    @EnumSource(SmallMachine.Format.class)
    void repeatedWalksReferToTheSameLinesInTheSameOrder(SmallMachine.Format format) {
        compare(format, SmallMachine.Surroundings.DATA_CACHE);
    }

    @ParameterizedTest
    @EnumSource(SmallMachine.Format.class)
    void walksAlongKnownPathsEndAndCountAsDescents(SmallMachine.Format format) {
        compare(format, SmallMachine.Surroundings.ALL_CACHES);
    }

    @ParameterizedTest
    @EnumSource(value = SmallMachine.Format.class, names = "NATIVE", mode = Mode.EXCLUDE)
    void walksThroughSecondLevelCachesAndNestedTlbsCountAsWalksThatAreMade(
            SmallMachine.Format format) {
        compare(format, SmallMachine.Surroundings.SECOND_CACHES, STEPS / 10);
        compare(format, SmallMachine.Surroundings.NESTED_TLB, STEPS / 10);
    }

    private static void compare(
            SmallMachine.Format format, SmallMachine.Surroundings surroundings) {
        compare(format, surroundings, STEPS);
    }

    private static void compare(
            SmallMachine.Format format, SmallMachine.Surroundings surroundings, int steps) {
        for (long seed = 1; seed <= 3; seed++) {
            SmallMachine repeating = new SmallMachine(format, surroundings, true, seed);
            SmallMachine making = new SmallMachine(format, surroundings, false, seed);
            RandomGenerator random = new Xoshiro256Random(seed);
            long changed = SmallMachine.gva(0);
            for (int step = 0; step < steps; step++) {
                int page = random.nextInt(SmallMachine.PAGES);
                int choice = random.nextInt(8);
                // Every eighth page often, and a page that was changed again and again.
                long gva = choice < 4 ? SmallMachine.gva(page & -8) : SmallMachine.gva(page);
                gva = choice == 7 ? changed : gva;
                int what = random.nextInt(1000);
                long draw = random.nextLong();
                if (what < SmallMachine.CHANGES) {
                    repeating.change(what, gva, draw);
                    making.change(what, gva, draw);
                    changed = gva;
                } else {
                    int kind = what < 200 ? Access.STORE : what < 250 ? Access.FETCH : Access.LOAD;
                    long known = repeating.access(kind, gva);
                    long made = making.access(kind, gva);
                    if (known != made) {
                        fail("%s, seed %d, step %d: %x, not %x", format, seed, step, known, made);
                    }
                }
                if (step % 1000 == 0) {
                    assertSameCounts(repeating, making);
                }
            }
            assertSameCounts(repeating, making);
        }
    }

    @Test
    void aWalkOfAPageIsRepeatedUntilItsEntryChanges() {
        SmallMachine machine =
                new SmallMachine(
                        SmallMachine.Format.EPT, SmallMachine.Surroundings.GUEST_CACHES, true, 1);
        long gva = SmallMachine.gva(0);
        long before = machine.access(Access.LOAD, gva);
        for (int i = 0; i < 3; i++) {
            machine.forgetTranslations();
            assertThat(machine.access(Access.LOAD, gva)).isEqualTo(before);
        }
        machine.forgetTranslations();
        machine.rewriteLeaf(gva, entry -> entry ^ PagingEntry.WRITE);
        assertThat(Translation.has(machine.access(Access.LOAD, gva), Translation.WRITABLE))
                .isFalse();
    }

    private static void assertSameCounts(SmallMachine one, SmallMachine other) {
        assertThat(one.mmu.counts()).usingRecursiveComparison().isEqualTo(other.mmu.counts());
    }

    private record Xoshiro256Random(Xoshiro256 source) implements RandomGenerator {
        Xoshiro256Random(long seed) {
            this(new Xoshiro256(seed));
        }

        @Override
        public long nextLong() {
            return source.nextLong();
        }
    }
}
