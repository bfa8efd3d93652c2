package org.nestwalk.kvm.machine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.nestwalk.InputException;
import org.nestwalk.guest.kernel.Slice;
import org.nestwalk.guest.kernel.Task;
import org.nestwalk.guest.kernel.Vma;
import org.nestwalk.kvm.handle.UsableKvm;
import org.nestwalk.kvm.sys.FewDescriptors;
import org.nestwalk.kvm.sys.Holdings;
import org.nestwalk.machine.TranslationMode;
import org.nestwalk.machine.Verdict;
import org.nestwalk.machine.VirtualCpu;
import org.nestwalk.machine.VirtualMachine;
import org.nestwalk.machine.VmExit;
import org.nestwalk.machine.VmSettings;

class ClosingTest {
    private static final int MOST_CPUS = 256;
    private static final int MOST_DESCRIPTORS = 12;

    @BeforeAll
    static void needsKvm() {
        UsableKvm.isNeeded();
        try (KvmMachine machine = KvmMachine.open(KvmSettings.WATCHED);
                SmallGuest guest = new SmallGuest(machine, "first", 2)) {
            // Its classes are loaded then.
            guest.start(0, SmallGuest.random(1, 10));
            guest.run(0);
        }
    }

    @Test
    void aMachineMayBeClosedBeforeItsVirtualMachinesAndTheyTwice() {
        Holdings before = Holdings.now();
        KvmMachine machine = KvmMachine.open(KvmSettings.WATCHED);
        SmallGuest first = new SmallGuest(machine, "first", 1);
        SmallGuest second = new SmallGuest(machine, "second", 2);
        second.close();
        machine.close();
        first.close();
        first.close();
        machine.close();
        before.areNotExceeded();
    }

    @Test
    void aVirtualMachineClosedByAnotherThreadEndsItsRunWithAFailure() throws InterruptedException {
        for (KvmSettings settings : new KvmSettings[] {KvmSettings.PLAIN, KvmSettings.WATCHED}) {
            Holdings before = Holdings.now();
            try (KvmMachine machine = KvmMachine.open(settings)) {
                SmallGuest guest = new SmallGuest(machine, "guest", 1);
                // The second block is asked for when the first has been run.
                CountDownLatch running = new CountDownLatch(2);
                endless(guest, running);
                Slice[] end = new Slice[1];
                Thread runner = Thread.ofPlatform().start(() -> end[0] = guest.run(0));
                running.await();
                guest.close();
                runner.join();
                assertThat(end[0])
                        .isEqualTo(
                                new Slice.Stopped(
                                        new VmExit.Failure(
                                                VmExit.Cause.UNHANDLED_EXIT, "guest was closed")));
            }
            before.areNotExceeded();
        }
    }

    @Test
    void aVirtualMachineClosedByItsOwnHandlerEndsItsRunWithAFailure() {
        Holdings before = Holdings.now();
        try (KvmMachine machine = KvmMachine.open(KvmSettings.WATCHED)) {
            SmallGuest guest = new SmallGuest(machine, "guest", 1);
            guest.start(0, SmallGuest.random(1, 100));
            guest.run(0);
            guest.vm.attach((_, _) -> {
                guest.close();
                return Verdict.RESUME;
            });
            VirtualCpu cpu = guest.vm.cpus().getFirst();
            cpu.kick();
            assertThat(cpu.run(SmallGuest.random(1, 100), 0, 100))
                    .isEqualTo(new VmExit.Failure(VmExit.Cause.UNHANDLED_EXIT, "guest was closed"));
        }
        before.areNotExceeded();
    }

    private static Task endless(SmallGuest guest, CountDownLatch running) {
        long[] accesses = SmallGuest.random(1, 1000);
        return guest.kernel.run(
                guest.kernel.start(
                        0,
                        "endless",
                        List.of(
                                new Vma(
                                        SmallGuest.BASE,
                                        SmallGuest.BASE + SmallGuest.AREA,
                                        Vma.ALL))),
                block -> {
                    running.countDown();
                    for (int i = 0; i < block.length; i++) {
                        block[i] = accesses[i % accesses.length];
                    }
                    return block.length;
                },
                0);
    }

    @Test
    void memoryBeyondTheHostsIsRefusedInOneSentenceAndLeavesNothing() {
        try (KvmMachine machine = KvmMachine.open(KvmSettings.PLAIN)) {
            Holdings before = Holdings.now();
            long tooMuch = (machine.host().bytes() & -(1L << 21)) + (1L << 21);
            assertThatThrownBy(() -> machine.create(settings(tooMuch, 1)))
                    .isInstanceOf(InputException.class)
                    .hasMessage(
                            "guest memory of %d bytes is more than the host's %d; use less"
                                    .formatted(
                                            tooMuch,
                                            Math.min(
                                                    machine.host().bytes(),
                                                    ControlArea.MOST_MEMORY)));
            before.areNotExceeded();
        }
    }

    @Test
    void wantOfDescriptorsAtAnyStepIsSaidInOneSentenceAndLeavesNothing() {
        try (KvmMachine machine = KvmMachine.open(KvmSettings.WATCHED)) {
            Holdings before = Holdings.now();
            int refused = 0;
            int made = 0;
            for (int more = 0; more < MOST_DESCRIPTORS; more++) {
                try (FewDescriptors _ = FewDescriptors.more(more)) {
                    machine.create(settings(SmallGuest.MEMORY, 2)).close();
                    made++;
                } catch (InputException e) {
                    refused++;
                    assertThat(e).hasMessageNotContaining("\n").hasMessageContaining("files");
                }
                before.areNotExceeded();
            }
            // The machine, its memory, its traps and two CPUs need a descriptor each.
            assertThat(refused).isGreaterThanOrEqualTo(5);
            assertThat(made).isPositive();
        }
    }

    @Test
    void theOtherVirtualMachinesGoOnWhenOneMoreCannotBeMade() {
        try (KvmMachine machine = KvmMachine.open(KvmSettings.PLAIN);
                SmallGuest guest = new SmallGuest(machine, "there", 1)) {
            long[] accesses = SmallGuest.random(3, 1000);
            Task task = guest.start(0, accesses);
            try (FewDescriptors _ = FewDescriptors.more(1)) {
                assertThatThrownBy(() -> machine.create(settings(SmallGuest.MEMORY, 1)))
                        .isInstanceOf(InputException.class);
            }
            guest.run(0);
            assertThat(task.checksum()).isEqualTo(SmallGuest.checksum(accesses));
        }
    }

    @Test
    void aVirtualMachineMayHaveTheMostVirtualCpusThereAre() {
        try (KvmMachine machine = KvmMachine.open(KvmSettings.PLAIN)) {
            Holdings before = Holdings.now();
            VirtualMachine vm = machine.create(settings(SmallGuest.MEMORY, MOST_CPUS));
            assertThat(vm.cpus()).hasSize(MOST_CPUS);
            vm.close();
            before.areNotExceeded();
        }
    }

    private static VmSettings settings(long bytes, int cpus) {
        return new VmSettings("one more", bytes, cpus, TranslationMode.NESTED);
    }
}
