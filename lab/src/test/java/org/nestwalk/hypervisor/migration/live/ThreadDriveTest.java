package org.nestwalk.hypervisor.migration.live;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.nestwalk.InputException;
import org.nestwalk.lab.TestMachines;
import org.nestwalk.machine.Machine;
import org.nestwalk.machine.TranslationMode;
import org.nestwalk.machine.VirtualMachine;
import org.nestwalk.machine.VmSettings;
import org.nestwalk.machine.simulated.SimulatedMachine;
import org.nestwalk.machine.simulated.SimulatedSettings;

/// CPUs on threads of their own, of a guest that does nothing but take time.
class ThreadDriveTest {
    private final Machine machine =
            new SimulatedMachine(SimulatedSettings.of(TestMachines.plain(), 16L << 20));
    private final VirtualMachine vm =
            machine.create(new VmSettings("the guest", 4L << 20, 2, TranslationMode.NESTED));
    private final AtomicLong ran = new AtomicLong();
    private volatile long most = Long.MAX_VALUE;

    @AfterEach
    void close() {
        machine.close();
    }

    private ThreadDrive drive() {
        return new ThreadDrive(
                vm,
                new GuestCpus() {
                    @Override
                    public boolean run(int cpu, int quantum) {
                        long start = System.nanoTime();
                        while (System.nanoTime() - start < 500_000) {
                            Thread.onSpinWait();
                        }
                        return ran.addAndGet(System.nanoTime() - start) < most;
                    }

                    @Override
                    public byte[] state() {
                        return new byte[0];
                    }
                });
    }

    private static void sleep(long milliseconds) throws InterruptedException {
        Thread.sleep(milliseconds);
    }

    @Test
    void aGuestThatIsStoppedStandsStill() throws InterruptedException {
        try (ThreadDrive drive = drive()) {
            sleep(5);
            assertThat(ran.get()).isZero();
            drive.start();
            sleep(20);
            drive.stop();
            long before = ran.get();
            assertThat(before).isPositive();
            sleep(20);
            assertThat(ran.get()).isEqualTo(before);
            drive.start();
            sleep(20);
            assertThat(ran.get()).isGreaterThan(before);
        }
    }

    /// Of a guest whose time is withheld to four fifths a fifth is left, however busy the host is:
    /// what its threads wait for processors counts as their time.
    @Test
    void withheldTimeIsNotRun() throws InterruptedException {
        try (ThreadDrive drive = drive()) {
            drive.withhold(0.8);
            drive.start();
            sleep(400);
            drive.stop();
            double part = ran.get() / (ran.get() + 2.0 * drive.lost());
            assertThat(part).isBetween(0.05, 0.3);
            assertThat(drive.longestWait()).isPositive();
        }
    }

    @Test
    void aGuestThatIsHeldStandsStillUntilItsTime() throws InterruptedException {
        try (ThreadDrive drive = drive()) {
            long until = System.nanoTime() + 60_000_000;
            drive.holdUntil(until);
            drive.start();
            sleep(10);
            assertThat(ran.get() == 0 || System.nanoTime() > until).isTrue();
            sleep(200);
            assertThat(ran.get()).isPositive();
            assertThat(drive.lost()).isPositive();
        }
    }

    @Test
    void aGuestThatHasNothingLeftToDoEnds() {
        most = 3_000_000;
        try (ThreadDrive drive = drive()) {
            drive.start();
            drive.awaitEnd();
            assertThat(ran.get()).isGreaterThanOrEqualTo(most);
        }
    }

    @Test
    void whoeverDrivesAGuestThatCannotGoOnIsToldWhy() {
        GuestCpus failing =
                new GuestCpus() {
                    @Override
                    public boolean run(int cpu, int quantum) {
                        throw new InputException("the disk is on fire");
                    }

                    @Override
                    public byte[] state() {
                        return new byte[0];
                    }
                };
        try (ThreadDrive drive = new ThreadDrive(vm, failing)) {
            drive.start();
            for (Runnable asking : List.<Runnable>of(drive::awaitEnd, drive::stop)) {
                assertThatThrownBy(asking::run)
                        .isInstanceOf(InputException.class)
                        .hasMessage("the disk is on fire");
            }
        }
    }
}
