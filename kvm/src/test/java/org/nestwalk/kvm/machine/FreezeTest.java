package org.nestwalk.kvm.machine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.nestwalk.guest.kernel.PagePolicy;
import org.nestwalk.kvm.handle.UsableKvm;
import org.nestwalk.kvm.sys.Holdings;
import org.nestwalk.machine.Capability;

class FreezeTest {
    private static final boolean LONG = Boolean.getBoolean("nestwalk.long");
    private static final int CHILDREN = LONG ? 500 : 20;
    private static final int SEEDS = LONG ? 200 : 10;
    private static final long MEMORY = 16L << 20;
    private static final long PAGE = 4096;
    private static final String GUPS = "gups:footprint=2MiB,accesses=20k,seed=3";

    @BeforeAll
    static void needsKvm() {
        UsableKvm.isNeeded();
    }

    private static KvmMachine open(KvmSettings.Dirty dirty) {
        return KvmMachine.open(new KvmSettings(KvmSettings.Backing.SHARED, false, false, dirty));
    }

    @Test
    void aFrozenVirtualMachineGoesOnAndItsFrozenMemoryStays() {
        Holdings before = Holdings.now();
        try (KvmMachine machine = KvmMachine.open(KvmSettings.FORKABLE)) {
            assertThat(machine.capabilities()).contains(Capability.FORK);
            ForkedGuest guest = ForkedGuest.start(machine, MEMORY, PagePolicy.SMALL, GUPS);
            assertThat(guest.run(5_000)).isTrue();
            long[] then = guest.words();
            ForkedGuest.Frozen frozen = guest.freeze();
            guest.finish("the parent");
            assertThat(words(frozen)).isEqualTo(then);
            assertThat(guest.words()).isNotEqualTo(then);
        }
        before.areNotExceeded();
    }

    private static long[] words(ForkedGuest.Frozen frozen) {
        long[] words = new long[(int) (frozen.memory().bytes() / Long.BYTES)];
        long[] page = new long[(int) (PAGE / Long.BYTES)];
        for (int i = 0; i < words.length; i += page.length) {
            frozen.memory().readPage((long) i * Long.BYTES, page);
            System.arraycopy(page, 0, words, i, page.length);
        }
        int some = words.length / 3;
        assertThat(frozen.memory().read((long) some * Long.BYTES)).isEqualTo(words[some]);
        return words;
    }

    @Test
    void manyChildrenCoexistAndAllEndAsOnPlainMemory() {
        Holdings before = Holdings.now();
        try (KvmMachine machine = KvmMachine.open(KvmSettings.FORKABLE)) {
            ForkedGuest guest = ForkedGuest.start(machine, MEMORY, PagePolicy.SMALL, GUPS);
            assertThat(guest.run(5_000)).isTrue();
            ForkedGuest.Frozen frozen = guest.freeze();
            List<ForkedGuest> all = new ArrayList<>(List.of(guest));
            for (int i = 0; i < CHILDREN; i++) {
                all.add(frozen.fork("child " + i));
            }
            frozen.close();
            assertThatThrownBy(() -> frozen.fork("late"))
                    .isInstanceOf(IllegalStateException.class)
                    .hasMessageContaining("closed");
            all.forEach(each -> assertThat(each.run(2_000)).isTrue());
            for (int i = all.size() - 1; i >= 0; i--) {
                all.get(i).finish("guest " + i);
                if (i % 2 == 0) {
                    all.get(i).close();
                }
            }
        }
        before.areNotExceeded();
    }

    /// Children, children of children and the parent write at once, in turns or on threads; who is
    /// frozen, and who closed, is random. Each tracks what it writes itself.
    @ParameterizedTest
    @EnumSource
    void randomTreesOfForksAreIsolated(KvmSettings.Dirty dirty) throws InterruptedException {
        Holdings before = Holdings.now();
        for (int seed = 1; seed <= SEEDS; seed++) {
            try (KvmMachine machine = open(dirty)) {
                new RandomForks(machine, dirty, seed).run();
            }
        }
        before.areNotExceeded();
    }
}
