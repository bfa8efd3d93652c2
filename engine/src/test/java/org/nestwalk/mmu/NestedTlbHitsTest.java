package org.nestwalk.mmu;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Arrays;
import java.util.SplittableRandom;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.nestwalk.mmu.SmallMachine.Format;
import org.nestwalk.mmu.SmallMachine.Surroundings;
import org.nestwalk.mmu.count.MmuCounts;
import org.nestwalk.mmu.count.WalkCounts;
import org.nestwalk.mmu.walk.WalkObserver;
import org.nestwalk.paging.AccessType;

/// Every second-level translation is either given by the nested TLB or walked for, never both.
class NestedTlbHitsTest {
    private long translations;
    private long found;

    private final WalkObserver counter =
            new WalkObserver() {
                @Override
                public void secondLevelBegins(long gpa, int guestLevel) {
                    translations++;
                }

                @Override
                public void nestedTlbLookup(boolean hit, int cycles) {
                    found += hit ? 1 : 0;
                }
            };

    private static long starts(WalkCounts walks) {
        return walks.nestedTlbHits + Arrays.stream(walks.secondStarts).sum();
    }

    @ParameterizedTest
    @EnumSource(names = "NATIVE", mode = EnumSource.Mode.EXCLUDE)
    void hitsAndStartsOfSecondLevelWalksAreAllTranslations(Format format) {
        SmallMachine machine = new SmallMachine(format, Surroundings.ALL_CACHES, true, 1);
        SplittableRandom random = new SplittableRandom(5);
        int user = AccessType.USER;
        int[] types = {AccessType.READ | user, AccessType.WRITE | user, AccessType.FETCH | user};
        for (int i = 0; i < 2000; i++) {
            long gva = SmallMachine.gva(random.nextInt(SmallMachine.PAGES / 8));
            machine.mmu.walk(gva, types[random.nextInt(types.length)], counter);
        }
        WalkCounts walks = machine.mmu.counts().walks;
        assertThat(starts(walks)).isEqualTo(translations);
        assertThat(walks.nestedTlbHits).isEqualTo(found).isPositive();
    }

    @ParameterizedTest
    @EnumSource(names = {"EPT_AD", "NPT"})
    void translationThatIsNotKnownToBeDirtyIsNoHitOfAWrite(Format format) {
        SmallMachine machine = new SmallMachine(format, Surroundings.ALL_CACHES, true, 1);
        long gva = SmallMachine.gva(3);
        machine.mmu.walk(gva, AccessType.READ | AccessType.USER, counter);
        MmuCounts before = machine.mmu.counts().copy();
        machine.mmu.walk(gva, AccessType.WRITE | AccessType.USER, WalkObserver.NONE);
        WalkCounts write = machine.mmu.counts().since(before).walks;
        // The leaf table is known and may be written; of the data page, only that it is read.
        assertThat(starts(write)).isEqualTo(1);
        assertThat(write.nestedTlbHits).isZero();
    }
}
