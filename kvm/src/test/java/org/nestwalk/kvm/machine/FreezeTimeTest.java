package org.nestwalk.kvm.machine;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Arrays;
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

    @Test
    void freezingAndForkingTakeNoTimeForWhatWasTouched() {
        // Code is warm then, for both alike.
        for (int i = 0; i < WARMING; i++) {
            double _ = freezeAndFork(GIB / 16);
        }
        double little = median(GIB);
        double much = median(MUCH);
        long[] from = new long[(int) (GIB / Long.BYTES / 2)];
        Arrays.fill(from, 1);
        long begin = System.nanoTime();
        long[] first = from.clone();
        long[] second = from.clone();
        double copy = System.nanoTime() - begin;
        assertThat(first.length + second.length).isEqualTo(2 * from.length);
        System.out.printf(
                "freeze and fork: %.2f ms at 1 GiB, %.2f ms at %d GiB; copy of 1 GiB: %.0f ms%n",
                little / 1e6, much / 1e6, MUCH / GIB, copy / 1e6);
        assertThat(little).isLessThanOrEqualTo(copy / 100);
        assertThat(much).isLessThanOrEqualTo(2 * little);
    }

    private static double median(long bytes) {
        double[] times = new double[TIMES];
        for (int i = 0; i < TIMES; i++) {
            times[i] = freezeAndFork(bytes);
        }
        Arrays.sort(times);
        return times[TIMES / 2];
    }

    private static double freezeAndFork(long bytes) {
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
                for (int i = 0; i < count; i++) {
                    // Behind the tables.
                    long gpa = Math.max(gib + i * PAGE, LARGE);
                    stores[i] = Access.pack(Access.STORE, gpa);
                }
                assertThat(vm.cpus().getFirst().run(stores, 0, count))
                        .isEqualTo(new VmExit.ProgramEnd());
            }
            long begin = System.nanoTime();
            FrozenMemory frozen = vm.freeze();
            VirtualMachine child = frozen.fork("child");
            long end = System.nanoTime();
            assertThat(child.memory().read(LARGE)).isEqualTo(vm.memory().read(LARGE));
            return end - begin;
        }
    }
}
