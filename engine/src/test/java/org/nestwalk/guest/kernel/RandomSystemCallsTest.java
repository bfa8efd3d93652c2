package org.nestwalk.guest.kernel;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.nestwalk.Effort;
import org.nestwalk.machine.Checksum;
import org.nestwalk.machine.VmExit.Cause;
import org.nestwalk.random.Xoshiro256;

/// Random system calls and accesses, against a twin that knows of each process which pages it may
/// read and write and what they hold.
class RandomSystemCallsTest {
    private static final int CPUS = 3;
    private static final int PAGES = 1536;
    private static final int STEPS = Effort.of(800);
    private static final long BASE = 0x7f00_0000_0000L;

    /// A process as the twin sees it: rights by page, 0 if it is not mapped, and a word by page.
    private static final class Twin {
        final GuestProcess process;
        final int[] rights;
        final Map<Integer, Long> words;

        Twin(GuestProcess process, int[] rights, Map<Integer, Long> words) {
            this.process = process;
            this.rights = rights;
            this.words = words;
        }

        Twin forked(GuestProcess child) {
            return new Twin(child, rights.clone(), new HashMap<>(words));
        }
    }

    static Stream<Arguments> seeds() {
        return Stream.of(Machines.values())
                .flatMap(machine ->
                        IntStream.range(0, 6).mapToObj(seed -> Arguments.of(machine, seed)));
    }

    private final List<Twin> twins = new ArrayList<>();
    private Xoshiro256 random = new Xoshiro256(0);
    private long cursor;

    @ParameterizedTest(name = "{0} seed {1}")
    @MethodSource("seeds")
    void agreeWithTheTwin(Machines machine, int seed) {
        random = new Xoshiro256(seed);
        PagePolicy pages = seed % 2 == 0 ? PagePolicy.SMALL : PagePolicy.TRANSPARENT_HUGE;
        KernelSettings settings =
                Guest.settings(pages).with(new ScanSettings(seed < 3, 1024, 10, 20, 511, 511));
        try (Guest guest =
                new Guest(
                        machine,
                        128 * Guest.MIB,
                        CPUS,
                        seed % 3 == 0 ? settings.withoutPcids() : settings)) {
            for (int step = 0; step < STEPS; step++) {
                step(guest, step);
            }
        }
    }

    private void step(Guest guest, int step) {
        int cpu = below(CPUS);
        if (twins.isEmpty()) {
            GuestProcess process = guest.kernel.start(cpu, "p", List.of(range(0, PAGES, Vma.ALL)));
            int[] rights = new int[PAGES];
            Arrays.fill(rights, Vma.ALL);
            twins.add(new Twin(process, rights, new HashMap<>()));
        }
        Twin twin = twins.get(below(twins.size()));
        switch (below(60)) {
            case 0, 9, 10 -> {
                if (twins.size() < 4) {
                    twins.add(twin.forked(guest.kernel.fork(cpu, twin.process)));
                }
            }
            case 1 -> {
                guest.kernel.exit(cpu, twin.process);
                twins.remove(twin);
            }
            case 2, 3 -> unmap(guest, cpu, twin);
            case 4, 5 -> map(guest, cpu, twin);
            case 6, 7 -> protect(guest, cpu, twin);
            case 8 -> guest.kernel.tick(cpu, step);
            default -> access(guest, cpu, twin);
        }
    }

    private void unmap(Guest guest, int cpu, Twin twin) {
        int from = below(PAGES);
        int to = from + 1 + below(Math.min(PAGES - from, below(4) == 0 ? PAGES : 10));
        guest.kernel.unmap(cpu, twin.process, address(from), address(to));
        for (int page = from; page < to; page++) {
            twin.rights[page] = 0;
            twin.words.remove(page);
        }
    }

    /// Maps what is not mapped from some page on.
    private void map(Guest guest, int cpu, Twin twin) {
        int from = below(PAGES);
        int to = from;
        while (to < PAGES && twin.rights[to] == 0) {
            to++;
        }
        if (to > from) {
            int rights = below(4) == 0 ? Vma.READ : Vma.READ | Vma.WRITE;
            guest.kernel.map(cpu, twin.process, range(from, to, rights));
            Arrays.fill(twin.rights, from, to, rights);
        }
    }

    private void protect(Guest guest, int cpu, Twin twin) {
        int from = below(PAGES);
        int to = from;
        int most = from + 1 + below(600);
        while (to < PAGES && to < most && twin.rights[to] != 0) {
            to++;
        }
        if (to > from) {
            int rights = below(3) == 0 ? Vma.READ : Vma.ALL;
            guest.kernel.protect(cpu, twin.process, range(from, to, rights));
            Arrays.fill(twin.rights, from, to, rights);
        }
    }

    /// One access by a task of its own, to a page that others have probably used.
    private void access(Guest guest, int cpu, Twin twin) {
        int page = below(4) == 0 ? below(PAGES) : below(6) * 250;
        boolean store = below(2) == 0;
        long gva = address(page) + 8 * 77;
        // A task may end the process, which a second one, that waits elsewhere, prevents.
        Task anchor = guest.kernel.run(twin.process, Guest.source(Guest.load(gva)), CPUS - 1);
        long[] accesses = new long[1 + (int) (cursor % 5)];
        Arrays.fill(accesses, store ? Guest.store(gva) : Guest.load(gva));
        Task task = guest.kernel.run(twin.process, Guest.source(accesses), cpu % (CPUS - 1));
        guest.slice(cpu % (CPUS - 1), 100);
        cursor++;
        int needed = store ? Vma.WRITE : Vma.READ;
        if ((twin.rights[page] & needed) == 0) {
            Guest.assertFailed(task, Cause.SEGMENTATION_FAULT);
        } else {
            assertThat(task.state()).isEqualTo(Task.State.FINISHED);
            long expected = Checksum.START;
            for (int i = 0; i < accesses.length; i++) {
                if (store) {
                    twin.words.put(page, Checksum.value(i));
                } else {
                    expected = Checksum.fold(expected, twin.words.getOrDefault(page, 0L));
                }
            }
            assertThat(task.checksum()).isEqualTo(expected);
        }
        assertThat(anchor.state()).isEqualTo(Task.State.READY);
    }

    private static Vma range(int from, int to, int rights) {
        return new Vma(address(from), address(to), rights);
    }

    private static long address(int page) {
        return BASE + page * 4096L;
    }

    private int below(int bound) {
        return (int) random.nextBelow(bound);
    }
}
