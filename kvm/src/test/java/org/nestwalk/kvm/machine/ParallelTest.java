package org.nestwalk.kvm.machine;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.nestwalk.guest.kernel.GuestProcess;
import org.nestwalk.guest.kernel.Slice;
import org.nestwalk.guest.kernel.Task;
import org.nestwalk.guest.kernel.Vma;
import org.nestwalk.kvm.handle.UsableKvm;

/// Virtual CPUs on threads of their own, while one of them changes entries of page tables all the
/// time.
class ParallelTest {
    private static final int ROUNDS = 200;
    private static final int CPUS = 3;

    @BeforeAll
    static void needsKvm() {
        UsableKvm.isNeeded();
    }

    @Test
    void programsKeepTheirChecksumsWhileAnotherCpuChangesTables() throws InterruptedException {
        for (KvmSettings settings : List.of(KvmSettings.PLAIN, KvmSettings.WATCHED)) {
            try (KvmMachine machine = KvmMachine.open(settings);
                    SmallGuest guest = new SmallGuest(machine, "parallel", CPUS)) {
                run(guest);
            }
        }
    }

    private static void run(SmallGuest guest) throws InterruptedException {
        List<Task> tasks = new ArrayList<>();
        List<long[]> programs = new ArrayList<>();
        for (int cpu = 0; cpu < CPUS - 1; cpu++) {
            programs.add(SmallGuest.random(cpu, 300_000));
            tasks.add(guest.start(cpu, programs.getLast()));
        }
        Slice[] ends = new Slice[CPUS];
        List<Thread> threads = new ArrayList<>();
        for (int i = 0; i < CPUS - 1; i++) {
            int cpu = i;
            threads.add(Thread.ofPlatform().start(() -> ends[cpu] = guest.run(cpu)));
        }
        int changing = CPUS - 1;
        threads.add(
                Thread.ofPlatform()
                        .start(() -> {
                            ends[changing] = Slice.IDLE;
                            GuestProcess process = touched(guest, changing);
                            for (int round = 0; round < ROUNDS; round++) {
                                int rights = round % 2 == 0 ? Vma.READ : Vma.ALL;
                                guest.kernel.protect(
                                        changing,
                                        process,
                                        new Vma(
                                                SmallGuest.BASE,
                                                SmallGuest.BASE + SmallGuest.AREA,
                                                rights));
                            }
                        }));
        for (Thread thread : threads) {
            thread.join();
        }
        assertThat(ends).containsOnly(Slice.IDLE);
        for (int i = 0; i < tasks.size(); i++) {
            assertThat(tasks.get(i).checksum()).isEqualTo(SmallGuest.checksum(programs.get(i)));
        }
    }

    private static GuestProcess touched(SmallGuest guest, int cpu) {
        Task task = guest.start(cpu, SmallGuest.random(9, 1 << 15));
        guest.kernel.slice(cpu, 1000);
        return task.process();
    }
}
