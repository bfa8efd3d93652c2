package org.nestwalk.kvm.machine;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.nestwalk.kvm.handle.UsableKvm;
import org.nestwalk.machine.VirtualCpu;
import org.nestwalk.machine.VmExit;

class KickTest {
    private static final int ACCESSES = 2_000_000;
    private static final long PAUSE = 50_000;

    @BeforeAll
    static void needsKvm() {
        UsableKvm.isNeeded();
    }

    @Test
    void aKickFromAnotherThreadStopsBetweenTwoAccessesAndTheRunGoesOn()
            throws InterruptedException {
        long[] accesses = SmallGuest.random(1, ACCESSES);
        long[] expected = SmallGuest.checksums(accesses);
        try (KvmMachine machine = KvmMachine.open(KvmSettings.PLAIN);
                SmallGuest guest = new SmallGuest(machine, "kicked", 1)) {
            // A task that has touched one page: the address space is loaded.
            guest.start(0, accesses);
            guest.kernel.slice(0, 1);
            VirtualCpu cpu = guest.vm.cpus().getFirst();
            AtomicBoolean done = new AtomicBoolean();
            Thread kicker =
                    Thread.ofPlatform()
                            .start(() -> {
                                while (!done.get()) {
                                    cpu.kick();
                                    LockSupport.parkNanos(PAUSE);
                                }
                            });
            int position = 1;
            int kicks = 0;
            while (position < ACCESSES) {
                VmExit exit = cpu.run(accesses, position, ACCESSES);
                position = cpu.position();
                assertThat(cpu.state().cursor()).isEqualTo(position);
                assertThat(cpu.state().checksum()).isEqualTo(expected[position]);
                if (exit instanceof VmExit.Interrupted) {
                    kicks++;
                } else {
                    assertThat(exit).isEqualTo(new VmExit.ProgramEnd());
                }
            }
            done.set(true);
            kicker.join();
            assertThat(kicks).isPositive();
        }
    }

    @Test
    void aKickBeforeARunStopsTheNextOneBeforeItsFirstAccess() {
        long[] accesses = SmallGuest.random(1, 100);
        try (KvmMachine machine = KvmMachine.open(KvmSettings.PLAIN);
                SmallGuest guest = new SmallGuest(machine, "kicked", 1)) {
            guest.start(0, accesses);
            guest.kernel.slice(0, 1);
            VirtualCpu cpu = guest.vm.cpus().getFirst();
            cpu.kick();
            assertThat(cpu.run(accesses, 1, 100)).isEqualTo(new VmExit.Interrupted());
            assertThat(cpu.position()).isEqualTo(1);
            assertThat(cpu.run(accesses, 1, 100)).isEqualTo(new VmExit.ProgramEnd());
            assertThat(cpu.state().checksum()).isEqualTo(SmallGuest.checksum(accesses));
        }
    }
}
