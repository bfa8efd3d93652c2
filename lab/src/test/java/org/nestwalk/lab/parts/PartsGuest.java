package org.nestwalk.lab.parts;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;
import org.nestwalk.bits.Access;
import org.nestwalk.bits.PageSize;
import org.nestwalk.hypervisor.FirstTouch;
import org.nestwalk.hypervisor.HintSettings;
import org.nestwalk.hypervisor.Hypervisor;
import org.nestwalk.hypervisor.LargePageHints;
import org.nestwalk.hypervisor.dirty.Splitting;
import org.nestwalk.hypervisor.merging.MergeSettings;
import org.nestwalk.hypervisor.merging.SamePageMerging;
import org.nestwalk.hypervisor.watchpoints.RandomPages;
import org.nestwalk.hypervisor.watchpoints.RotatingWatchpoints;
import org.nestwalk.hypervisor.watchpoints.Trap;
import org.nestwalk.machine.Capability;
import org.nestwalk.machine.Checksum;
import org.nestwalk.machine.CpuState;
import org.nestwalk.machine.DirtyPages;
import org.nestwalk.machine.DirtySource;
import org.nestwalk.machine.FrozenMemory;
import org.nestwalk.machine.HostMemory;
import org.nestwalk.machine.Hypercalls;
import org.nestwalk.machine.KernelCpu;
import org.nestwalk.machine.Machine;
import org.nestwalk.machine.RightsClaim;
import org.nestwalk.machine.SecondLevelMap;
import org.nestwalk.machine.TranslationMode;
import org.nestwalk.machine.Verdict;
import org.nestwalk.machine.VirtualCpu;
import org.nestwalk.machine.VirtualMachine;
import org.nestwalk.machine.VmExit;
import org.nestwalk.machine.VmSettings;
import org.nestwalk.memory.PageSet;
import org.nestwalk.random.Xoshiro256;

/// A guest whose hypervisor backs memory by hints, tracks written pages in two ways, watches writes
/// to some pages access by access, merges equal pages, freezes and forks memory, rotates
/// watchpoints and moves pages, all at once; beside it a twin that knows what must come of every
/// step.
final class PartsGuest implements AutoCloseable {
    static final long MEMORY = 8L << 20;

    private static final long REGION = 2L << 20;
    private static final long PAGE = PageSize.SIZE_4K.bytes();
    private static final long GVA = 0x80_0000_0000L;
    private static final int STEPS = 60;
    private static final int HOT_PAGES = 5;

    private final VirtualMachine vm;
    private final Xoshiro256 random;
    private final LargePageHints hints;
    private final List<Tracker> trackers = new ArrayList<>();
    private final Map<Long, Long> words = new HashMap<>();
    private final Set<Long> watched = new TreeSet<>();
    private final List<Long> seen = new ArrayList<>();
    private final List<Frozen> frozen = new ArrayList<>();
    private final Set<Capability> capabilities;
    private long time;
    private final SamePageMerging merging = new SamePageMerging(MergeSettings.LINUX.faster(3));
    private final List<RightsClaim> claims = new ArrayList<>();
    private final List<Long> caught = new ArrayList<>();
    private final HostMemory host;
    private @Nullable RotatingWatchpoints points;

    /// One way of tracking, and the pages that it must report next.
    private record Tracker(DirtySource source, DirtyPages pages, Set<Long> written) {}

    /// Memory that was frozen, and what it held then.
    private record Frozen(FrozenMemory memory, Map<Long, Long> words) {}

    /// @param sources of the two trackers
    /// @param splitting of large pages while they are tracked
    /// @param order in which the six parts are registered, 0 to 719
    PartsGuest(
            Machine machine, long seed, List<DirtySource> sources, Splitting splitting, int order) {
        this.random = new Xoshiro256(seed);
        this.capabilities = machine.capabilities();
        this.host = machine.host();
        vm = machine.create(new VmSettings("parts", MEMORY, 2, TranslationMode.NESTED));
        hints =
                new LargePageHints(
                        vm, machine.host(), HintSettings.DEFAULT, new FirstTouch(PageSize.SIZE_4K));
        List<Runnable> parts = new ArrayList<>();
        parts.add(() -> startHypervisor(machine.capabilities()));
        parts.add(() -> claims.add(vm.claim((_, exit) -> watched(exit))));
        parts.add(this::startMerging);
        parts.add(() -> points = watchpoints());
        for (DirtySource source : sources) {
            parts.add(() ->
                    trackers.add(
                            new Tracker(source, splitting.track(vm, source), new TreeSet<>())));
        }
        for (int left = parts.size(), rest = order; left > 0; rest /= left, left--) {
            parts.remove(rest % left).run();
        }
        writeTables();
        trackers.forEach(tracker -> {
            tracker.pages.collect(new PageSet());
            tracker.written.clear();
        });
    }

    /// Hints need blocks of host frames; without, they are calls that nobody knows.
    private void startHypervisor(Set<Capability> capabilities) {
        if (capabilities.contains(Capability.HOST_FRAMES)) {
            Hypervisor.start(vm, hints).serve(Hypercalls.HINT_LARGE_PAGES, hints);
        } else {
            Hypervisor.start(vm, new FirstTouch(PageSize.SIZE_4K));
        }
    }

    /// Two of the first pages at a time.
    private RotatingWatchpoints watchpoints() {
        PageSet watched = new PageSet();
        watched.add(REGION, 2 * HOT_PAGES * PAGE);
        return RotatingWatchpoints.open(
                vm,
                watched,
                2,
                Trap.WRITES,
                new RandomPages(random.nextLong()),
                _ -> 0,
                access -> caught.add(access.gpa() & -PAGE));
    }

    private boolean isArmed(long gpa) {
        PageSet armed = new PageSet();
        Objects.requireNonNull(points).armed(armed);
        return armed.contains(gpa & -PAGE);
    }

    /// Moves a page to another frame, if it is one that can be moved.
    private void movePage() {
        if (capabilities.contains(Capability.HOST_FRAMES)) {
            vm.exclusively(() -> {
                long to = host.reserve(PageSize.SIZE_4K);
                long from = vm.secondLevel().exchange(somePage(), to, PageSize.SIZE_4K);
                host.release(from == -1 ? to : from, PageSize.SIZE_4K);
            });
        }
    }

    /// Only on machines on which pages can be shared.
    private void startMerging() {
        if (capabilities.contains(Capability.SHARED_FRAMES)) {
            merging.add(vm, "parts");
        }
    }

    private Verdict watched(VmExit exit) {
        if (!(exit instanceof VmExit.WriteTrap trap)) {
            return Verdict.NOT_MINE;
        }
        seen.add(trap.gpa() & -PAGE);
        return Verdict.PERFORM;
    }

    /// The guest maps its memory with 2-MiB pages, by tables in the first region.
    private void writeTables() {
        KernelCpu kernel = vm.cpus().getFirst().kernel();
        kernel.store(0x1000 + 8 * (GVA >> 39), 0x2007);
        kernel.store(0x2000, 0x3007);
        for (long region = 0; region < MEMORY / REGION; region++) {
            kernel.store(0x3000 + 8 * region, region * REGION | 0x87);
        }
        vm.cpus().forEach(cpu -> cpu.kernel().loadCr3(0x1000, false));
    }

    void run() {
        for (int step = 0; step < STEPS; step++) {
            switch ((int) random.nextBelow(17)) {
                case 0 -> hint();
                case 1 -> watchPages();
                case 2 -> hypervisorWrite();
                case 3 -> kernelStore();
                case 4 -> collect(trackers.getFirst());
                case 5 -> collect(trackers.getLast());
                case 6 -> unmap();
                case 7 -> merge();
                case 8 -> freezeOrThaw();
                case 9 -> Objects.requireNonNull(points).rotate();
                case 10 -> movePage();
                default -> accesses();
            }
        }
        trackers.forEach(this::collect);
        words.forEach((gpa, word) -> assertThat(vm.memory().read(gpa)).isEqualTo(word));
        frozen.forEach(PartsGuest::thaw);
        frozen.clear();
    }

    /// Equal pages become one, now and then; many here are zeroes but for a few words.
    private void merge() {
        if (capabilities.contains(Capability.SHARED_FRAMES)) {
            time += MergeSettings.LINUX.sleepNanos();
            merging.tick(time);
        }
    }

    private void freezeOrThaw() {
        if (!capabilities.contains(Capability.FORK)) {
            return;
        }
        if (frozen.size() == 2) {
            thaw(frozen.removeFirst());
        } else {
            vm.exclusively(() -> frozen.add(new Frozen(vm.freeze(), new HashMap<>(words))));
        }
    }

    /// Frozen memory still holds what it did.
    private static void thaw(Frozen one) {
        one.words.forEach((gpa, word) -> assertThat(one.memory.read(gpa)).isEqualTo(word));
        try (VirtualMachine heir = one.memory.fork("heir")) {
            one.words.forEach((gpa, word) -> assertThat(heir.memory().read(gpa)).isEqualTo(word));
        }
        one.memory.close();
    }

    private void hint() {
        long gpa = REGION * (1 + random.nextBelow(MEMORY / REGION - 1));
        kernel().hypercall(Hypercalls.HINT_LARGE_PAGES, gpa, REGION, 0);
    }

    private void watchPages() {
        long gpa = somePage();
        boolean on = random.nextBelow(3) != 0;
        vm.exclusively(() ->
                claims.getFirst()
                        .allow(
                                gpa,
                                PAGE,
                                on
                                        ? SecondLevelMap.READ | SecondLevelMap.EXECUTE
                                        : SecondLevelMap.ALL));
        if (on) {
            watched.add(gpa);
        } else {
            watched.remove(gpa);
        }
    }

    private void hypervisorWrite() {
        long gpa = somePage() + 8 * random.nextBelow(512);
        long value = random.nextLong();
        vm.exclusively(() -> vm.memory().write(gpa, value));
        written(gpa, value, false);
    }

    private void kernelStore() {
        long gpa = somePage() + 8 * random.nextBelow(512);
        long value = random.nextLong();
        seen.clear();
        caught.clear();
        kernel().store(gpa, value);
        written(gpa, value, true);
    }

    private void unmap() {
        long gpa = somePage();
        boolean backed = vm.secondLevel().pageSize(gpa) != null;
        vm.exclusively(() -> vm.secondLevel().unmap(gpa, PAGE));
        words.keySet().removeIf(word -> (word & -PAGE) == gpa);
        if (backed) {
            trackers.forEach(tracker -> tracker.written.add(gpa));
        }
    }

    private void accesses() {
        for (int i = 0; i < 4; i++) {
            VirtualCpu cpu = vm.cpus().get((int) random.nextBelow(2));
            long gpa = somePage() + 8 * random.nextBelow(4);
            int kind =
                    List.of(Access.LOAD, Access.STORE, Access.MODIFY)
                            .get((int) random.nextBelow(3));
            CpuState before = cpu.state();
            seen.clear();
            caught.clear();
            VmExit exit = cpu.run(new long[] {Access.pack(kind, GVA + gpa)}, 0, 1);
            assertThat(exit).isEqualTo(new VmExit.ProgramEnd());
            long checksum = before.checksum();
            if (kind != Access.STORE) {
                checksum = Checksum.fold(checksum, words.getOrDefault(gpa, 0L));
            }
            if (kind != Access.LOAD) {
                written(gpa, Checksum.value(before.cursor()), true);
            } else {
                assertThat(seen).isEmpty();
                assertThat(caught).isEmpty();
            }
            assertThat(cpu.state().checksum()).isEqualTo(checksum);
            assertThat(cpu.state().cursor()).isEqualTo(before.cursor() + 1);
        }
    }

    /// A word was written, which the watch has seen once if it had to.
    private void written(long gpa, long value, boolean byGuest) {
        words.put(gpa, value);
        trackers.forEach(tracker -> tracker.written.add(gpa & -PAGE));
        if (byGuest) {
            assertThat(seen)
                    .isEqualTo(watched.contains(gpa & -PAGE) ? List.of(gpa & -PAGE) : List.of());
            assertThat(caught)
                    .as("seen by watchpoints")
                    .isEqualTo(isArmed(gpa) ? List.of(gpa & -PAGE) : List.of());
        }
    }

    /// What a tracker reports is what was written; of a page that is large, or was, all of it may
    /// be. Tables are left out, of which the host's second level decides.
    private void collect(Tracker tracker) {
        PageSet found = new PageSet();
        tracker.pages.collect(found);
        found.remove(0, REGION);
        Set<Long> more = new TreeSet<>();
        found.forEach(more::add);
        assertThat(more).as(tracker.source.label()).containsAll(tracker.written);
        more.removeAll(tracker.written);
        more.removeIf(gpa ->
                tracker.written.stream().anyMatch(page -> page / REGION == gpa / REGION)
                        && hints.backedAtOnce() + hints.kept() > 0);
        assertThat(more).as(tracker.source.label()).isEmpty();
        tracker.written.clear();
    }

    private KernelCpu kernel() {
        return vm.cpus().get((int) random.nextBelow(2)).kernel();
    }

    private long somePage() {
        return random.nextBelow(2) == 0
                ? REGION + random.nextBelow(HOT_PAGES) * PAGE
                : REGION + random.nextBelow((MEMORY - REGION) / PAGE) * PAGE;
    }

    @Override
    public void close() {
        frozen.forEach(one -> one.memory.close());
        if (capabilities.contains(Capability.SHARED_FRAMES)) {
            merging.remove(vm);
        }
        hints.withdraw();
        trackers.forEach(tracker -> tracker.pages.close());
        Objects.requireNonNull(points).close();
        vm.exclusively(claims.getFirst()::close);
        vm.close();
    }
}
