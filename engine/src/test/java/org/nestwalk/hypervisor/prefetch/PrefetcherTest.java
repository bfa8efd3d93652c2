package org.nestwalk.hypervisor.prefetch;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.nestwalk.bits.PageSize;
import org.nestwalk.hypervisor.FirstTouch;
import org.nestwalk.hypervisor.Hypervisor;
import org.nestwalk.machine.Cost;
import org.nestwalk.machine.ExitPart;
import org.nestwalk.machine.ExitReason;
import org.nestwalk.machine.FrozenMemory;
import org.nestwalk.machine.Hypercalls;
import org.nestwalk.machine.RightsClaim;
import org.nestwalk.machine.SecondLevelMap;
import org.nestwalk.machine.TranslationMode;
import org.nestwalk.machine.Verdict;
import org.nestwalk.machine.VirtualCpu;
import org.nestwalk.machine.VirtualMachine;
import org.nestwalk.machine.VmExit;
import org.nestwalk.machine.VmSettings;
import org.nestwalk.machine.simulated.Processors;
import org.nestwalk.machine.simulated.SimulatedMachine;
import org.nestwalk.machine.simulated.SimulatedSettings;
import org.nestwalk.memory.PageSet;
import org.nestwalk.mmu.model.ProcessorModel.SecondLevelFormat;
import org.nestwalk.random.SplitMix64;

class PrefetcherTest {
    private static final long MEMORY = 32L << 20;
    private static final long PAGE = PageSize.SIZE_4K.bytes();
    private static final long LARGE = PageSize.SIZE_2M.bytes();
    private static final long START = 2 * LARGE;
    private static final long PAGE_NANOS = 1_000;
    private static final PageSize LARGE_SIZE = PageSize.SIZE_2M;
    private static final PrefetchSettings SETTINGS = new PrefetchSettings(64, 4096, 0, 3);

    private final SimulatedMachine machine =
            new SimulatedMachine(
                    SimulatedSettings.of(Processors.of(SecondLevelFormat.EPT_AD), 2 * MEMORY));
    private final VirtualMachine vm =
            machine.create(new VmSettings("vm", MEMORY, 1, TranslationMode.NESTED));
    private final VirtualCpu cpu = vm.cpus().getFirst();
    private final Hypervisor hypervisor = Hypervisor.start(vm, new FirstTouch(PageSize.SIZE_4K));
    private Prefetcher prefetcher = serve(SETTINGS);

    private Prefetcher serve(PrefetchSettings settings) {
        Prefetcher made = new Prefetcher(vm, machine.host(), settings, PAGE_NANOS);
        hypervisor.serve(Hypercalls.PREFETCH_PAGES, made);
        return made;
    }

    @AfterEach
    void nothingIsLost() {
        machine.checkInvariants();
        machine.closeAndVerify();
    }

    private long call(long gpa, long bytes, long flags) {
        return cpu.kernel().hypercall(Hypercalls.PREFETCH_PAGES, gpa, bytes, flags);
    }

    private void touch(long gpa, long pages) {
        for (long page = 0; page < pages; page++) {
            cpu.kernel().store(gpa + page * PAGE, page);
        }
    }

    private long violations() {
        return cpu.account().exits(ExitReason.VIOLATION);
    }

    private long backed() {
        return vm.secondLevel().backedBytes(PageSize.SIZE_4K) / PAGE;
    }

    @ParameterizedTest
    @CsvSource({"1, 1", "63, 1", "64, 1", "65, 2", "128, 2", "1000, 16"})
    void aHintTurnsViolationsIntoCallsByTheChunk(int pages, int calls) {
        long before = cpu.account().exits(ExitReason.HYPERCALL);
        assertThat(Prefetcher.call(cpu, START, pages * PAGE, 0)).isEqualTo(pages * PAGE);
        assertThat(cpu.account().exits(ExitReason.HYPERCALL) - before).isEqualTo(calls);
        touch(START, pages);
        assertThat(violations()).isZero();
        touch(START + pages * PAGE, 1);
        assertThat(violations()).isEqualTo(1);
    }

    @Test
    void hintsThatOverlapBackEachPageOnce() {
        Prefetcher.call(cpu, START, 10 * PAGE, 0);
        Prefetcher.call(cpu, START + 5 * PAGE, 10 * PAGE, 0);
        Prefetcher.call(cpu, START, 15 * PAGE, 0);
        assertThat(backed()).isEqualTo(15);
        assertThat(prefetcher.counts().backed()).isEqualTo(15);
        assertThat(prefetcher.counts().there()).isEqualTo(20);
    }

    @ParameterizedTest
    @CsvSource({
        "0x2000000, 0x1000, 0",
        "0x1fff000, 0x2000, 0",
        "-0x1000, 0x1000, 0",
        "0x400000, 0, 0",
        "0x400000, -0x1000, 0",
        "0x400000, 0x7ffffffffffff000, 0",
        "0x400008, 0x1000, 0",
        "0x400000, 0x1008, 0",
        "0x400000, 0x1000, 8",
        "0x400000, 0x1000, -1"
    })
    void whatCannotBeIsRefused(String gpa, String bytes, long flags) {
        assertThat(call(Long.decode(gpa), Long.decode(bytes), flags)).isEqualTo(Hypercalls.INVALID);
        assertThat(backed()).isZero();
        assertThat(prefetcher.counts().refused()).isEqualTo(1);
    }

    @Test
    void anAllowanceIsNotExceededAndComesBack() {
        prefetcher = serve(new PrefetchSettings(64, 10, 2_000_000, 3));
        assertThat(call(START, 64 * PAGE, 0)).isEqualTo(10 * PAGE);
        assertThat(call(START + 10 * PAGE, 64 * PAGE, 0)).isEqualTo(Hypercalls.TRY_AGAIN);
        prefetcher.tick(1_000);
        assertThat(call(START + 10 * PAGE, 64 * PAGE, 0)).isEqualTo(2 * PAGE);
        // What is there already is no cost of a hint.
        assertThat(call(START, 12 * PAGE, 0)).isEqualTo(12 * PAGE);
        assertThat(prefetcher.counts().capped()).isEqualTo(3);
    }

    @Test
    void aHostWithoutMemoryLeavesTheGuestToItsTouches() {
        List<Long> reserved = new ArrayList<>();
        while (machine.host().freeBytes() > 8 * PAGE) {
            reserved.add(machine.host().reserve(PageSize.SIZE_4K));
        }
        long done = Prefetcher.call(cpu, START, 64 * PAGE, 0);
        assertThat(done).isBetween(PAGE, 8 * PAGE);
        assertThat(call(START + done, PAGE, 0)).isEqualTo(Hypercalls.NO_MEMORY);
        assertThat(prefetcher.counts().lost()).isPositive();
        reserved.forEach(hpa -> machine.host().release(hpa, PageSize.SIZE_4K));
    }

    @Test
    void aRangeIsBackedBesideTheGuestInTime() {
        assertThat(call(START, 10 * PAGE, Hypercalls.PREFETCH_BESIDE)).isEqualTo(10 * PAGE);
        assertThat(backed()).isZero();
        prefetcher.tick(4 * PAGE_NANOS);
        assertThat(backed()).isEqualTo(4);
        // The guest is ahead of it at the next page.
        touch(START + 4 * PAGE, 1);
        assertThat(violations()).isEqualTo(1);
        prefetcher.tick(9 * PAGE_NANOS);
        assertThat(backed()).isEqualTo(10);
        assertThat(prefetcher.counts().beside()).isEqualTo(9);
        assertThat(vm.background().cycles(Cost.BACKING)).isPositive();
    }

    @Test
    void rangesThatWaitAreNotMoreThanAllowed() {
        for (int i = 0; i < 3; i++) {
            assertThat(call(START + i * LARGE, LARGE, Hypercalls.PREFETCH_BESIDE)).isPositive();
        }
        assertThat(call(START, PAGE, Hypercalls.PREFETCH_BESIDE)).isEqualTo(Hypercalls.TRY_AGAIN);
        assertThat(prefetcher.queued()).isEqualTo(3);
    }

    @Test
    void largePagesAreBackedWhereTheyFit() {
        assertThat(Prefetcher.call(cpu, START - PAGE, LARGE + 2 * PAGE, Hypercalls.PREFETCH_LARGE))
                .isEqualTo(LARGE + 2 * PAGE);
        assertThat(vm.secondLevel().pageSize(START)).isEqualTo(PageSize.SIZE_2M);
        assertThat(vm.secondLevel().pageSize(START - PAGE)).isEqualTo(PageSize.SIZE_4K);
        assertThat(vm.secondLevel().pageSize(START + LARGE)).isEqualTo(PageSize.SIZE_4K);
    }

    @Test
    void warmEntriesAreReadByTheLine() {
        Prefetcher.call(cpu, START, 64 * PAGE, 0);
        long before = cpu.account().cycles(Cost.HOST_SCANNING);
        vm.exclusively(() -> vm.secondLevel().warm(START, 64 * PAGE));
        assertThat(cpu.account().cycles(Cost.HOST_SCANNING)).isEqualTo(before);
        Prefetcher.call(cpu, START, 64 * PAGE, Hypercalls.PREFETCH_WARM);
        long looked = 64L * machine.settings().costs().scanning();
        assertThat(cpu.account().cycles(Cost.HOST_SCANNING) - before).isGreaterThan(looked);
    }

    @Test
    void aRangeThatIsTakenAwayBetweenCallsIsBackedAgain() {
        assertThat(call(START, 128 * PAGE, 0)).isEqualTo(64 * PAGE);
        vm.exclusively(() -> vm.secondLevel().unmap(START, 32 * PAGE));
        assertThat(call(START + 64 * PAGE, 64 * PAGE, 0)).isEqualTo(64 * PAGE);
        touch(START, 128);
        assertThat(violations()).isEqualTo(32);
    }

    @Test
    void aHintGrantsNoRight() {
        RightsClaim claim = vm.claim((_, _) -> Verdict.NOT_MINE);
        vm.exclusively(() -> claim.allow(START, PAGE, SecondLevelMap.READ));
        Prefetcher.call(cpu, START, 2 * PAGE, 0);
        assertThat(vm.secondLevel().rights(START) & SecondLevelMap.WRITE).isZero();
        assertThat(vm.secondLevel().rights(START + PAGE)).isEqualTo(SecondLevelMap.ALL);
    }

    @Test
    void aRangeIsBackedBesideTheGuestByLargePages() {
        call(START, 2 * LARGE + 3 * PAGE, Hypercalls.PREFETCH_BESIDE | Hypercalls.PREFETCH_LARGE);
        prefetcher.tick(1000 * PAGE_NANOS);
        assertThat(vm.secondLevel().backedBytes(PageSize.SIZE_2M)).isEqualTo(2 * LARGE);
        assertThat(backed()).isEqualTo(3);
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 1, 511})
    void aLargePageOfWhichPartIsThereIsBackedBesideTheGuestBySmallOnes(int there) {
        touch(START + there * PAGE, 1);
        call(START, 2 * LARGE, Hypercalls.PREFETCH_BESIDE | Hypercalls.PREFETCH_LARGE);
        prefetcher.tick(2_000 * PAGE_NANOS);
        assertThat(prefetcher.queued()).isZero();
        assertThat(backed()).isEqualTo(512);
        assertThat(vm.secondLevel().pageSize(START + LARGE)).isEqualTo(LARGE_SIZE);
    }

    @Test
    void aLargePageOnPartsOfWhichClaimsDifferIsBackedBesideTheGuestBySmallOnes() {
        RightsClaim claim = vm.claim((_, _) -> Verdict.NOT_MINE);
        vm.exclusively(() -> claim.allow(START + 7 * PAGE, PAGE, SecondLevelMap.READ));
        call(START, 2 * LARGE, Hypercalls.PREFETCH_BESIDE | Hypercalls.PREFETCH_LARGE);
        prefetcher.tick(2_000 * PAGE_NANOS);
        assertThat(prefetcher.queued()).isZero();
        assertThat(backed()).isEqualTo(512);
        assertThat(prefetcher.counts().backed()).isEqualTo(1024);
    }

    @ParameterizedTest
    @ValueSource(longs = {0, Hypercalls.PREFETCH_BESIDE, Hypercalls.PREFETCH_LARGE, 3})
    void whatAForkHasInheritedIsThere(long flags) {
        touch(START, 3);
        try (FrozenMemory frozen = vm.freeze();
                VirtualMachine child = frozen.fork("child")) {
            Hypervisor other = Hypervisor.start(child, new FirstTouch(PageSize.SIZE_4K));
            Prefetcher made = new Prefetcher(child, machine.host(), SETTINGS, PAGE_NANOS);
            other.serve(Hypercalls.PREFETCH_PAGES, made);
            VirtualCpu first = child.cpus().getFirst();
            assertThat(Prefetcher.call(first, START, 6 * PAGE, flags)).isEqualTo(6 * PAGE);
            made.tick(2_000 * PAGE_NANOS);
            assertThat(made.queued()).isZero();
            assertThat(made.counts().lost()).isZero();
            assertThat(made.counts().there()).isEqualTo(3);
            for (int i = 0; i < 3; i++) {
                assertThat(first.kernel().load(START + i * PAGE)).isEqualTo(i);
            }
        }
    }

    /// Keeps pages elsewhere, as what loads a snapshot lazily does.
    private final class Elsewhere implements ExitPart {
        private final PageSet kept = new PageSet();

        @Override
        public Verdict handle(VirtualCpu served, VmExit exit) {
            return Verdict.NOT_MINE;
        }

        @Override
        public void bringBack(long gpa) {
            if (kept.contains(gpa)) {
                kept.remove(gpa, PAGE);
                vm.memory().write(gpa, 77);
            }
        }
    }

    @ParameterizedTest
    @ValueSource(longs = {0, Hypercalls.PREFETCH_BESIDE, Hypercalls.PREFETCH_LARGE, 3})
    void whatAnotherPartKeepsElsewhereComesBack(long flags) {
        Elsewhere part = new Elsewhere();
        part.kept.add(START, 2 * PAGE);
        part.kept.add(START + 9 * PAGE, PAGE);
        vm.attach(part);
        Prefetcher.call(cpu, START, LARGE, flags);
        prefetcher.tick(2_000 * PAGE_NANOS);
        assertThat(prefetcher.queued()).isZero();
        assertThat(backed()).isEqualTo(512);
        for (int page : new int[] {0, 1, 9}) {
            assertThat(cpu.kernel().load(START + page * PAGE)).isEqualTo(77);
        }
        vm.detach(part);
    }

    @Test
    void whatIsBackedBesideTheGuestIsMappedOnceWhileOthersTakeItAway() throws InterruptedException {
        prefetcher = serve(new PrefetchSettings(64, 1L << 40, 0, 64));
        Thread beside =
                new Thread(() -> {
                    for (long now = 1; now < 3_000; now++) {
                        prefetcher.tick(now * PAGE_NANOS);
                    }
                });
        for (int i = 0; i < 8; i++) {
            call(START, 400 * PAGE, Hypercalls.PREFETCH_BESIDE);
        }
        beside.start();
        for (int i = 0; beside.isAlive(); i++) {
            long gpa = START + Long.remainderUnsigned(SplitMix64.hash(3, i), 400) * PAGE;
            if ((i & 1) == 0) {
                vm.exclusively(() -> vm.secondLevel().unmap(gpa, PAGE));
            } else {
                cpu.kernel().store(gpa, i);
                assertThat(cpu.kernel().load(gpa)).isEqualTo(i);
            }
        }
        beside.join();
        assertThat(prefetcher.queued()).isLessThanOrEqualTo(8);
    }

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3})
    void hostileHintsCostNoMoreThanTheCap(long seed) {
        int tries = Boolean.getBoolean("nestwalk.long") ? 100_000 : 10_000;
        prefetcher = serve(new PrefetchSettings(64, 500, 1_000_000, 3));
        long free = machine.host().freeBytes();
        for (int i = 0; i < tries; i++) {
            long bits = SplitMix64.hash(seed, i);
            long gpa = Long.remainderUnsigned(SplitMix64.mix(bits), MEMORY / PAGE) * PAGE;
            long length = Long.remainderUnsigned(bits >>> 8, MEMORY / PAGE + 1) * PAGE;
            long _ =
                    switch ((int) (bits & 7)) {
                        case 0 -> call(bits, length, 0);
                        case 1 -> call(gpa, bits, 0);
                        case 2 -> call(gpa, length, bits >>> 4);
                        case 3 -> call(gpa, length, Hypercalls.PREFETCH_BESIDE);
                        case 4 -> call(gpa, length, Hypercalls.PREFETCH_LARGE);
                        case 5 -> call(gpa, length, 3);
                        default -> call(gpa, length, Hypercalls.PREFETCH_WARM);
                    };
            prefetcher.tick(i);
        }
        PrefetchCounts counts = prefetcher.counts();
        long cap = 500L + tries / 1000;
        assertThat(counts.backed()).isPositive().isLessThanOrEqualTo(cap);
        assertThat(counts.looked()).isLessThanOrEqualTo(64L * tries + cap + 4096);
        // Tables are a 512th of what they map, and at most one for each page, with those above.
        assertThat(free - machine.host().freeBytes()).isLessThanOrEqualTo(cap * PAGE + 20 * PAGE);
        assertThat(vm.secondLevel().backedBytes(PageSize.SIZE_2M)).isZero();
    }
}
