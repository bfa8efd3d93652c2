package org.nestwalk.kvm.machine;

import static org.assertj.core.api.Assertions.assertThat;

import java.lang.management.ManagementFactory;
import java.lang.management.ThreadMXBean;
import java.util.Arrays;
import java.util.List;
import java.util.function.ToLongFunction;
import java.util.stream.IntStream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIfSystemProperty;
import org.nestwalk.bits.Access;
import org.nestwalk.kvm.handle.UsableKvm;
import org.nestwalk.machine.FrozenMemory;
import org.nestwalk.machine.TranslationMode;
import org.nestwalk.machine.VirtualMachine;
import org.nestwalk.machine.VmExit;
import org.nestwalk.machine.VmSettings;

/// How long freezing and one fork take when the guest has touched much or little. Needs as much
/// memory, and a quiet host.
@EnabledIfSystemProperty(named = "nestwalk.long", matches = "true")
class FreezeTimeTest {
    private static final long GIB = 1L << 30;
    private static final long MUCH = Integer.getInteger("nestwalk.freeze.gib", 16) * GIB;
    private static final long PAGE = 4096;
    private static final long LARGE = 2L << 20;
    private static final long ROOT = 0x1000;
    private static final int TIMES = 5;
    private static final int WARMING = 20;

    @BeforeAll
    static void needsKvm() {
        UsableKvm.isNeeded();
    }

    /// What one freeze and fork took.
    ///
    /// @param wall nanoseconds of the host's
    /// @param processor nanoseconds that the thread had a processor
    private record Taken(long wall, long processor) {}

    /// The least of several tries: on a busy host the others are times of waiting for a processor.
    @Test
    void freezingAndForkingTakeNoTimeForWhatWasTouched() {
        // Code is warm then, for both alike.
        for (int i = 0; i < WARMING; i++) {
            Taken _ = freezeAndFork(GIB / 16);
        }
        List<Taken> littles = tries(GIB);
        List<Taken> muches = tries(MUCH);
        long[] from = new long[(int) (GIB / Long.BYTES / 2)];
        Arrays.fill(from, 1);
        long begin = System.nanoTime();
        long[] first = from.clone();
        long[] second = from.clone();
        double copy = System.nanoTime() - begin;
        assertThat(first.length + second.length).isEqualTo(2 * from.length);
        System.out.printf(
                "freeze and fork, least, median ms (of processor time): %s at 1 GiB, %s at %d GiB;"
                        + " copy of 1 GiB: %.0f ms%n",
                text(littles), text(muches), MUCH / GIB, copy / 1e6);
        double little = sorted(littles, Taken::wall)[0];
        assertThat(little).isLessThanOrEqualTo(copy / 100);
        assertThat((double) sorted(muches, Taken::wall)[0]).isLessThanOrEqualTo(2 * little);
        assertThat(sorted(muches, Taken::processor)[0])
                .isLessThanOrEqualTo(2 * sorted(littles, Taken::processor)[0]);
    }

    private static List<Taken> tries(long bytes) {
        return IntStream.range(0, TIMES).mapToObj(_ -> freezeAndFork(bytes)).toList();
    }

    private static long[] sorted(List<Taken> all, ToLongFunction<Taken> what) {
        return all.stream().mapToLong(what).sorted().toArray();
    }

    private static String text(List<Taken> all) {
        long[] wall = sorted(all, Taken::wall);
        long[] processor = sorted(all, Taken::processor);
        return "%.2f, %.2f (%.2f, %.2f)"
                .formatted(
                        wall[0] / 1e6,
                        wall[TIMES / 2] / 1e6,
                        processor[0] / 1e6,
                        processor[TIMES / 2] / 1e6);
    }

    private static Taken freezeAndFork(long bytes) {
        ThreadMXBean threads = ManagementFactory.getThreadMXBean();
        try (KvmMachine machine = KvmMachine.open(KvmSettings.FORKABLE);
                VirtualMachine vm =
                        machine.create(new VmSettings("vm", bytes, 1, TranslationMode.NESTED))) {
            vm.memory().write(ROOT, ROOT + PAGE | 0x27);
            for (long gib = 0; gib < bytes; gib += GIB) {
                long directory = ROOT + (2 + gib / GIB) * PAGE;
                vm.memory().write(ROOT + PAGE + gib / GIB * Long.BYTES, directory | 0x27);
                for (long gpa = gib; gpa < Math.min(gib + GIB, bytes); gpa += LARGE) {
                    vm.memory().write(directory + (gpa - gib) / LARGE * Long.BYTES, gpa | 0xe7);
                }
            }
            vm.cpus().getFirst().kernel().loadCr3(ROOT, false);
            long[] stores = new long[(int) (GIB / PAGE)];
            for (long gib = 0; gib < bytes; gib += GIB) {
                int count = (int) (Math.min(GIB, bytes - gib) / PAGE);
                // Backed first, a page is touched several times as fast.
                assertThat(vm.secondLevel().populateAll(gib, count * PAGE)).isTrue();
                for (int i = 0; i < count; i++) {
                    // Behind the tables.
                    long gpa = Math.max(gib + i * PAGE, LARGE);
                    stores[i] = Access.pack(Access.STORE, gpa);
                }
                assertThat(vm.cpus().getFirst().run(stores, 0, count))
                        .isEqualTo(new VmExit.ProgramEnd());
            }
            long beginProcessor = threads.getCurrentThreadCpuTime();
            long begin = System.nanoTime();
            FrozenMemory frozen = vm.freeze();
            VirtualMachine child = frozen.fork("child");
            long wall = System.nanoTime() - begin;
            long processor = threads.getCurrentThreadCpuTime() - beginProcessor;
            assertThat(child.memory().read(LARGE)).isEqualTo(vm.memory().read(LARGE));
            return new Taken(wall, processor);
        }
    }
}
