package org.nestwalk.lab.kvm;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.nestwalk.guest.kernel.image.ImageLayout;
import org.nestwalk.guest.kernel.image.KernelImage;
import org.nestwalk.guest.kernel.image.attack.Attack;
import org.nestwalk.guest.kernel.image.attack.Intruder;
import org.nestwalk.hypervisor.intrusion.WriteSample;
import org.nestwalk.hypervisor.intrusion.WriteSensor;
import org.nestwalk.hypervisor.monitor.Alarm;
import org.nestwalk.hypervisor.monitor.CodeMonitor;
import org.nestwalk.hypervisor.monitor.PeriodicHashing;
import org.nestwalk.hypervisor.monitor.TableGuard;
import org.nestwalk.hypervisor.monitor.WriteLogging;
import org.nestwalk.hypervisor.monitor.WriteProtection;
import org.nestwalk.kvm.machine.KvmMachine;
import org.nestwalk.kvm.machine.KvmSettings;
import org.nestwalk.lab.guarded.GuardedGuest;
import org.nestwalk.lab.guarded.KernelWork;
import org.nestwalk.lab.guarded.UserLoad;
import org.nestwalk.machine.DirtySource;
import org.nestwalk.machine.Machine;
import org.nestwalk.machine.UnhandledExit;
import org.nestwalk.machine.Verdict;
import org.nestwalk.random.Xoshiro256;

/// Guards of a kernel's code on the host's KVM: writing is withheld by the host's page protection,
/// written pages are found by KVM's bitmap and rings.
class GuardsOnKvmTest {
    private static final ImageLayout LAYOUT = new ImageLayout(16, 4, 2, 8, 4, 1, 64, 7);
    private static final KernelWork.Rates RATES = new KernelWork.Rates(2, 4, 1, 1, 0.2, 0.1);

    private final List<Alarm> alarms = new ArrayList<>();

    @BeforeEach
    void needsKvm() {
        Path device = Path.of("/dev/kvm");
        assumeTrue(Files.isReadable(device) && Files.isWritable(device), "this host has no KVM");
    }

    /// Makes a guard.
    private interface Made {
        CodeMonitor of(GuardedGuest guest);
    }

    private void guard(KvmSettings settings, boolean program, boolean prevents, Made made) {
        try (Machine machine = KvmMachine.open(settings)) {
            GuardedGuest guest = new GuardedGuest(machine, LAYOUT, 1);
            CodeMonitor monitor = made.of(guest);
            monitor.start(guest.image().codeStart(), 0);
            KernelWork work = new KernelWork(guest.image(), RATES, 3);
            UserLoad load = new UserLoad(guest, 3);
            for (int i = 0; i < 20; i++) {
                if (program) {
                    load.run(1000);
                }
                work.quantum();
                guest.vm().exclusively(monitor::tick);
            }
            assertThat(alarms).isEmpty();
            assertThat(work.patches()).isPositive();
            Xoshiro256 random = new Xoshiro256(5);
            for (Attack attack : Attack.values()) {
                if (attack.writesCode()) {
                    attack(guest, monitor, prevents, attack, random);
                }
            }
            monitor.close();
            load.run(100);
        }
    }

    private void attack(
            GuardedGuest guest,
            CodeMonitor monitor,
            boolean prevents,
            Attack attack,
            Xoshiro256 random) {
        alarms.clear();
        Intruder intruder = new Intruder(guest.image(), random, (gpa, value) -> {});
        try {
            attack.deed().run(intruder);
            assertThat(prevents).isFalse();
        } catch (UnhandledExit prevented) {
            assertThat(prevents).isTrue();
        }
        assertThat(intruder.hasSucceeded()).isEqualTo(!prevents);
        guest.vm().exclusively(monitor::tick);
        assertThat(alarms).as("%s", attack).hasSize(1);
        intruder.undo(guest.vm().memory());
        guest.vm().exclusively(monitor::tick);
    }

    @Test
    void protectionPreventsWritesToCode() {
        guard(
                KvmSettings.WATCHED,
                true,
                true,
                guest ->
                        new WriteProtection(
                                guest.vm(), guest.files(), alarms::add, Verdict.EMULATE));
    }

    @Test
    void tablesAreGuardedToo() {
        guard(
                KvmSettings.WATCHED,
                false,
                true,
                guest ->
                        new TableGuard(
                                guest.vm(),
                                guest.files(),
                                alarms::add,
                                Verdict.EMULATE,
                                KernelImage.TEXT,
                                false));
    }

    @Test
    void theBitmapFindsWritesToCode() {
        guard(
                KvmSettings.WATCHED,
                true,
                false,
                guest ->
                        new WriteLogging(
                                guest.vm(), guest.files(), alarms::add, DirtySource.HOST_BITMAP));
    }

    @Test
    void hashingFindsWritesToCode() {
        guard(
                KvmSettings.PLAIN,
                true,
                false,
                guest -> new PeriodicHashing(guest.vm(), guest.files(), alarms::add));
    }

    @Test
    void theSensorSeesWhatIsWrittenByBitmapAndRing() {
        for (KvmSettings.Dirty dirty : List.of(KvmSettings.Dirty.BITMAP, KvmSettings.Dirty.RING)) {
            try (Machine machine =
                            KvmMachine.open(
                                    new KvmSettings(
                                            KvmSettings.Backing.ANONYMOUS, false, false, dirty));
                    GuardedGuest guest = new GuardedGuest(machine, LAYOUT, 1);
                    WriteSensor sensor =
                            new WriteSensor(
                                    guest.vm(), dirty.source().orElseThrow(), true, _ -> {})) {
                UserLoad load = new UserLoad(guest, 3);
                load.run(4000);
                guest.image().storeData(0, 1);
                WriteSample sample = guest.vm().exclusively(() -> sensor.collect(1));
                assertThat(sample.pages().size()).isGreaterThan(10);
                assertThat(sample.pages().contains(guest.image().lookup(guest.image().dataStart())))
                        .isTrue();
                assertThat(sample.pages().contains(guest.image().codeStart())).isFalse();
            }
        }
    }
}
