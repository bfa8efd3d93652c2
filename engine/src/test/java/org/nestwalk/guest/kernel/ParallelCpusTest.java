package org.nestwalk.guest.kernel;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.EnumSource.Mode;
import org.nestwalk.guest.program.Program;

/// CPUs driven by threads of their own, which the simulated machine allows.
class ParallelCpusTest {
    private static final int CPUS = 3;

    @ParameterizedTest
    @EnumSource(mode = Mode.EXCLUDE, names = "FLAT")
    void programsEndAsOnPlainMemory(Machines machine) {
        for (PagePolicy pages : PagePolicy.values()) {
            KernelSettings settings =
                    Guest.settings(pages).with(new ScanSettings(true, 4096, 1, 1, 511, 256));
            try (Guest guest = new Guest(machine, 128 * Guest.MIB, CPUS, settings)) {
                Program program = Guest.program("gups:footprint=4MiB,accesses=50k");
                List<Task> tasks = new ArrayList<>(guest.startThreads(program));
                for (int cpu = 0; cpu < CPUS; cpu++) {
                    tasks.add(guest.start(program, cpu));
                }
                runInParallel(guest);
                tasks.forEach(task -> Guest.assertPlain(task, program));
            }
        }
    }

    private static void runInParallel(Guest guest) {
        List<CompletableFuture<Void>> cpus = new ArrayList<>();
        AtomicBoolean done = new AtomicBoolean();
        for (int i = 0; i < CPUS; i++) {
            int cpu = i;
            cpus.add(
                    CompletableFuture.runAsync(
                            () -> runToEnd(guest, cpu), Thread::startVirtualThread));
        }
        CompletableFuture<Void> scanner =
                CompletableFuture.runAsync(() -> {
                    for (long now = 1; !done.get(); now++) {
                        guest.kernel.tick(0, now);
                    }
                });
        cpus.forEach(CompletableFuture::join);
        done.set(true);
        scanner.join();
    }

    private static void runToEnd(Guest guest, int cpu) {
        Slice slice = Slice.MORE;
        while (slice instanceof Slice.More) {
            slice = guest.kernel.slice(cpu, 700);
        }
        assertThat(slice).isEqualTo(Slice.IDLE);
    }
}
