package org.nestwalk.kvm.machine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.nestwalk.InputException;
import org.nestwalk.bits.Access;
import org.nestwalk.guest.kernel.PagePolicy;
import org.nestwalk.guest.kernel.Slice;
import org.nestwalk.kvm.handle.UsableKvm;
import org.nestwalk.kvm.sys.FewDescriptors;
import org.nestwalk.kvm.sys.Holdings;
import org.nestwalk.machine.Capability;
import org.nestwalk.machine.FrozenMemory;
import org.nestwalk.machine.TranslationMode;
import org.nestwalk.machine.VirtualMachine;
import org.nestwalk.machine.VmExit;
import org.nestwalk.machine.VmSettings;
import org.nestwalk.memory.PageSet;
import org.nestwalk.random.Xoshiro256;

class FreezeTest {
    private static final boolean LONG = Boolean.getBoolean("nestwalk.long");
    private static final int CHILDREN = LONG ? 500 : 20;
    private static final int SEEDS = LONG ? 200 : 5;
    private static final long MEMORY = 16L << 20;
    private static final long PAGE = 4096;
    private static final int WRITTEN = 100;
    private static final int PAGES = 512;
    private static final long ROOT = 0x1000;
    private static final long BASE = 2L << 20;
    private static final long USED_TABLE = 0x27;
    private static final int MOST_FREEZES = LONG ? 2000 : 40;
    private static final String GUPS = "gups:footprint=2MiB,accesses=20k,seed=3";

    @BeforeAll
    static void needsKvm() {
        UsableKvm.isNeeded();
    }

    private static KvmMachine open(KvmSettings.Dirty dirty) {
        return open(dirty, MEMORY);
    }

    private static KvmMachine open(KvmSettings.Dirty dirty, long partBytes) {
        return KvmMachine.open(
                new KvmSettings(KvmSettings.Backing.SHARED, false, false, dirty),
                partBytes,
                new ForkSteps());
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

    /// With flags set in the guest's tables already a page for each that is written, and no other;
    /// without, also the one table in which they are set.
    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void pagesOfItsOwnAreThoseThatAreWrittenAfterFreezing(boolean flagged) {
        try (KvmMachine machine = KvmMachine.open(KvmSettings.FORKABLE)) {
            VirtualMachine vm =
                    machine.create(new VmSettings("vm", MEMORY, 1, TranslationMode.NESTED));
            mapTwoMegabytes(vm, flagged);
            vm.cpus().getFirst().kernel().loadCr3(ROOT, false);
            FrozenMemory frozen = vm.freeze();
            VirtualMachine child = frozen.fork("child");
            child.cpus().getFirst().kernel().loadCr3(ROOT, false);
            for (VirtualMachine each : List.of(vm, child)) {
                assertThat(own(each)).isZero();
                assertThat(each.secondLevel().owners(ROOT)).isEqualTo(2);
            }
            // In an order of no use to whoever would guess neighbours.
            long[] stores = new long[WRITTEN];
            for (int i = 0; i < WRITTEN; i++) {
                stores[i] = Access.pack(Access.STORE, BASE + i * 37 % PAGES * PAGE);
            }
            for (VirtualMachine each : List.of(vm, child)) {
                assertThat(each.cpus().getFirst().run(stores, 0, WRITTEN))
                        .isEqualTo(new VmExit.ProgramEnd());
                assertThat(own(each)).isEqualTo(WRITTEN + (flagged ? 0 : 1));
            }
            assertThat(child.secondLevel().owners(BASE)).isEqualTo(1);
            assertThat(frozen.read(BASE)).isZero();
        }
    }

    /// Tables that map the second 2 MiB of memory where they are, by pages of 4 KiB.
    private static void mapTwoMegabytes(VirtualMachine vm, boolean flagged) {
        vm.memory().write(ROOT, ROOT + PAGE | USED_TABLE);
        vm.memory().write(ROOT + PAGE, ROOT + 2 * PAGE | USED_TABLE);
        vm.memory().write(ROOT + 2 * PAGE + Long.BYTES, ROOT + 3 * PAGE | USED_TABLE);
        for (int page = 0; page < PAGES; page++) {
            long gpa = BASE + page * PAGE;
            vm.memory()
                    .write(ROOT + 3 * PAGE + (long) page * Long.BYTES, gpa | (flagged ? 0x67 : 7));
            vm.memory().write(gpa + 8, page);
        }
    }

    private static long own(VirtualMachine vm) {
        PageSet pages = new PageSet();
        vm.secondLevel().ownPages(vm.settings().memoryBytes(), pages);
        return pages.size();
    }

    @Test
    void pagesThatWereBackedAreKnown() {
        try (KvmMachine machine = KvmMachine.open(KvmSettings.FORKABLE)) {
            SmallGuest guest = new SmallGuest(machine, "guest", 1);
            for (int i = 1; i < 20; i += 3) {
                guest.vm.memory().write(i * PAGE + 8, i);
            }
            PageSet expected = new PageSet();
            guest.vm.secondLevel().ownPages(guest.vm.settings().memoryBytes(), expected);
            assertThat(expected.size()).isEqualTo(7);
            FrozenMemory frozen = guest.vm.freeze();
            guest.vm.memory().write(100 * PAGE, 1);
            guest.vm.memory().write(4 * PAGE, 2);
            guest.vm.secondLevel().unmap(PAGE, PAGE);
            FrozenMemory second = guest.vm.freeze();
            PageSet pages = new PageSet();
            second.pages(pages);
            assertThat(pages.contains(PAGE)).isFalse();
            assertThat(pages.contains(100 * PAGE)).isTrue();
            assertThat(pages.contains(4 * PAGE)).isTrue();
            assertThat(second.read(PAGE + 8)).isZero();
            assertThat(second.read(4 * PAGE)).isEqualTo(2);
            assertThat(second.read(4 * PAGE + 8)).isEqualTo(4);
            assertThat(frozen.read(PAGE + 8)).isEqualTo(1);
            assertThat(frozen.read(4 * PAGE)).isZero();
            assertThat(frozen.read(100 * PAGE)).isZero();
        }
    }

    /// More of them than there may be mappings: they are bridged by what is between them.
    @Test
    void pagesThatAreWrittenHereAndThereAreFrozenExactly() {
        long bytes = 64L << 20;
        try (KvmMachine machine = KvmMachine.open(KvmSettings.FORKABLE)) {
            VirtualMachine vm =
                    machine.create(new VmSettings("vm", bytes, 1, TranslationMode.NESTED));
            VirtualMachine last = vm;
            long[] expected = new long[(int) (bytes / PAGE)];
            Xoshiro256 random = new Xoshiro256(7);
            for (int generation = 1; generation <= 4; generation++) {
                for (int i = 0; i < 5_000; i++) {
                    int page = (int) random.nextBelow(expected.length);
                    if (random.nextBelow(20) == 0) {
                        last.secondLevel().unmap(page * PAGE, PAGE);
                        expected[page] = 0;
                    } else {
                        last.memory().write(page * PAGE + 16, generation * 10_000L + i);
                        expected[page] = generation * 10_000L + i;
                    }
                }
                FrozenMemory frozen = last.freeze();
                VirtualMachine child = frozen.fork("child " + generation);
                for (int page = 0; page < expected.length; page++) {
                    long at = page * PAGE + 16;
                    long word = expected[page];
                    if (last.memory().read(at) != word
                            || child.memory().read(at) != word
                            || frozen.read(at) != word) {
                        assertThat(List.of(last.memory().read(at), child.memory().read(at)))
                                .as("generation %d, page %d", generation, page)
                                .containsOnly(word);
                        assertThat(frozen.read(at)).isEqualTo(word);
                    }
                }
                last = child;
            }
        }
    }

    /// CPUs are in the guest, in a handler or between slices when another thread freezes.
    @ParameterizedTest
    @EnumSource
    void freezingWhileCpusRunLosesNothing(KvmSettings.Dirty dirty) throws InterruptedException {
        Holdings before = Holdings.now();
        try (KvmMachine machine = open(dirty)) {
            ForkedGuest guest =
                    ForkedGuest.start(
                            machine,
                            MEMORY,
                            PagePolicy.SMALL,
                            "gups:footprint=2MiB,accesses=900k,seed=5",
                            "zipf:footprint=2MiB,accesses=900k,seed=6");
            AtomicInteger running = new AtomicInteger(2);
            List<Thread> threads = new ArrayList<>();
            for (int i = 0; i < 2; i++) {
                int cpu = i;
                threads.add(
                        Thread.ofPlatform()
                                .start(() -> {
                                    while (guest.kernel.slice(cpu, 10_000) instanceof Slice.More) {
                                        // To the end.
                                    }
                                    running.decrementAndGet();
                                }));
            }
            int times = 0;
            while (running.get() > 0 && times < MOST_FREEZES) {
                guest.vm.freeze().close();
                times++;
                Thread.sleep(1);
            }
            for (Thread thread : threads) {
                thread.join();
            }
            assertThat(times).isPositive();
            guest.finish("%d times frozen".formatted(times));
        }
        before.areNotExceeded();
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void memoryThatIsAnonymousOrTrappedIsNotFrozen(boolean trapped) {
        KvmSettings settings = trapped ? KvmSettings.WATCHED : KvmSettings.PLAIN;
        try (KvmMachine machine = KvmMachine.open(settings);
                SmallGuest guest = new SmallGuest(machine, "guest", 1)) {
            assertThat(machine.capabilities()).doesNotContain(Capability.FORK);
            assertThatThrownBy(guest.vm::freeze)
                    .isInstanceOf(UnsupportedOperationException.class)
                    .hasMessage(
                            "only shared memory without traps can be frozen: KvmSettings.FORKABLE");
        }
    }

    /// However few descriptors there are left: either it works, or nothing has changed.
    @Test
    void withoutRoomNothingIsFrozenOrForkedAndAllGoesOn() {
        Holdings before = Holdings.now();
        try (KvmMachine machine = KvmMachine.open(KvmSettings.FORKABLE)) {
            ForkedGuest guest = ForkedGuest.start(machine, MEMORY, PagePolicy.SMALL, GUPS);
            // Classes are loaded then.
            for (int i = 0; i < 2; i++) {
                guest.run(3_000);
                ForkedGuest.Frozen frozen = guest.freeze();
                frozen.fork("first").close();
                frozen.close();
            }
            int refused = 0;
            for (int more = 0; more < 8; more++) {
                guest.run(500);
                try (FewDescriptors _ = FewDescriptors.more(more)) {
                    FrozenMemory frozen = guest.vm.freeze();
                    refused += isRefused(() -> frozen.fork("child").close()) ? 1 : 0;
                    frozen.close();
                } catch (InputException e) {
                    assertThat(e)
                            .hasMessageContaining(
                                    "the host has no room for the frozen memory of parent");
                    refused++;
                }
            }
            assertThat(refused).isBetween(2, 7);
            guest.finish("after refusals");
        }
        before.areNotExceeded();
    }

    private static boolean isRefused(Runnable work) {
        try {
            work.run();
            return false;
        } catch (InputException e) {
            assertThat(e)
                    .hasMessageContaining(
                            "the host has no room for one more virtual machine, child");
            return true;
        }
    }

    /// Children, children of children and the parent write at once, in turns or on threads; who is
    /// frozen, and who closed, is random. Each tracks what it writes itself. Every other tree
    /// reaches its memory in eight parts.
    @ParameterizedTest
    @EnumSource
    void randomTreesOfForksAreIsolated(KvmSettings.Dirty dirty) throws InterruptedException {
        Holdings before = Holdings.now();
        for (int seed = 1; seed <= SEEDS; seed++) {
            try (KvmMachine machine = open(dirty, seed % 2 == 0 ? MEMORY : MEMORY / 8)) {
                new RandomForks(machine, dirty, seed).run();
            }
        }
        before.areNotExceeded();
    }
}
