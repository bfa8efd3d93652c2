package org.nestwalk.paging;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.EnumMap;
import java.util.EnumSet;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.nestwalk.memory.SparseMemory;

/// Random machines and accesses: the walker against its naive twin, and walks shortened by caches
/// against cold ones, with the whole of memory compared after every access.
class WalkTwinTest {
    private static final long SEED = 20260101;
    private static final int MACHINES = 4000;
    private static final int ACCESSES = 8;

    private static String where(long seed, int access, long linear, int type) {
        return "machine of seed %d, access %d: %x, type %x".formatted(seed, access, linear, type);
    }

    private static void resetIfFull(TestMachine machine) {
        if (machine.log != null && machine.log.isFull()) {
            machine.log.setIndex(511);
        }
    }

    @Test
    void walkerAgreesWithItsNaiveTwin() {
        Map<Outcome, Integer> outcomes = new EnumMap<>(Outcome.class);
        for (int i = 0; i < MACHINES; i++) {
            compareWithTwin(SEED + i, outcomes);
        }
        // #VC needs encrypted memory, and the other a device: PrivateSecondLevelTest, and
        // TranslationTwinTest of the IOMMU.
        assertThat(outcomes.keySet())
                .isEqualTo(
                        EnumSet.complementOf(
                                EnumSet.of(Outcome.VMM_COMMUNICATION, Outcome.DEVICE_REFUSED)));
        assertThat(outcomes.values()).allMatch(count -> count >= 100);
        assertThat(outcomes.get(Outcome.OK)).isGreaterThan(MACHINES * ACCESSES / 4);
    }

    private static void compareWithTwin(long seed, Map<Outcome, Integer> outcomes) {
        RandomMachine random = new RandomMachine(seed);
        TestMachine machine = random.machine;
        SparseMemory twinMemory = new SparseMemory();
        twinMemory.copyFrom(machine.memory);
        int index = machine.log == null ? 0 : machine.log.index();
        NaiveWalk twin = new NaiveWalk(machine, twinMemory, index);
        Walker walker = machine.walker();
        for (int access = 0; access < ACCESSES; access++) {
            long linear = random.nextAddress();
            int type = random.nextType();
            Outcome outcome = walker.walk(linear, type);
            outcomes.merge(outcome, 1, Integer::sum);
            String where = where(seed, access, linear, type);
            assertThat(NaiveWalk.answerOf(walker.result(), machine.kind))
                    .as(where)
                    .isEqualTo(twin.access(linear, type));
            assertThat(machine.memory.firstDifference(twinMemory, a -> 0)).as(where).isEqualTo(-1);
            if (machine.log != null) {
                assertThat(machine.log.index()).as(where).isEqualTo(twin.logIndex());
                if (random.chance(2)) {
                    resetIfFull(machine);
                    twin.setLogIndex(machine.log.index());
                }
            }
        }
    }

    @Test
    void walkFromCachesDoesWhatAColdWalkDoes() {
        int shortened = 0;
        for (int i = 0; i < MACHINES; i++) {
            shortened += compareWithCold(SEED + i);
        }
        assertThat(shortened).isGreaterThan(MACHINES);
    }

    /// Returns how many walks made fewer references than the cold ones.
    private static int compareWithCold(long seed) {
        RandomMachine random = new RandomMachine(seed);
        TestMachine cached = random.machine;
        TestMachine cold = new RandomMachine(seed).machine;
        MapCaches caches = new MapCaches();
        caches.keepGuest = seed % 3 != 0;
        caches.keepSecond = seed % 5 != 0;
        caches.keepNested = seed % 2 != 0;
        cached.caches = caches;
        Steps cachedSteps = new Steps();
        Steps coldSteps = new Steps();
        cached.visitor = cachedSteps;
        cold.visitor = coldSteps;
        Walker cachedWalker = cached.walker();
        Walker coldWalker = cold.walker();
        int shortened = 0;
        for (int access = 0; access < ACCESSES; access++) {
            long linear = random.nextAddress();
            int type = random.nextType();
            cachedSteps.references = 0;
            coldSteps.references = 0;
            cachedWalker.walk(linear, type);
            coldWalker.walk(linear, type);
            String where = where(seed, access, linear, type);
            assertSameResult(cachedWalker.result(), coldWalker.result(), cached, where);
            assertThat(cached.memory.firstDifference(cold.memory, a -> 0)).as(where).isEqualTo(-1);
            if (cached.log != null && cold.log != null) {
                assertThat(cached.log.index()).as(where).isEqualTo(cold.log.index());
            }
            resetIfFull(cached);
            resetIfFull(cold);
            if (random.chance(10)) {
                caches.forgetAll();
            }
            shortened += cachedSteps.references < coldSteps.references ? 1 : 0;
        }
        return shortened;
    }

    private static void assertSameResult(
            WalkResult got, WalkResult wanted, TestMachine machine, String where) {
        assertThat(NaiveWalk.answerOf(got, machine.kind))
                .as(where)
                .isEqualTo(NaiveWalk.answerOf(wanted, machine.kind));
        if (got.outcome() == Outcome.OK) {
            assertThat(got.guestUser()).as(where).isEqualTo(wanted.guestUser());
            assertThat(got.guestWritable()).as(where).isEqualTo(wanted.guestWritable());
            assertThat(got.guestNoExecute()).as(where).isEqualTo(wanted.guestNoExecute());
            assertThat(got.global()).as(where).isEqualTo(wanted.global());
            assertThat(got.protectionKey()).as(where).isEqualTo(wanted.protectionKey());
            // A cached translation may not know yet that its page is dirty; never the reverse.
            assertThat(!got.dirty() || wanted.dirty()).as(where).isTrue();
        }
    }
}
