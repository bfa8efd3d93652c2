package org.nestwalk.kvm.machine;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.nestwalk.guest.kernel.Slice;
import org.nestwalk.guest.kernel.Task;
import org.nestwalk.kvm.handle.UsableKvm;
import org.nestwalk.kvm.sys.Holdings;

class ManyMachinesTest {
    private static final int MACHINES = 200;
    private static final int ACCESSES = 200;
    private static final List<KvmSettings> SETTINGS =
            List.of(
                    KvmSettings.PLAIN,
                    KvmSettings.WATCHED,
                    new KvmSettings(
                            KvmSettings.Backing.SHARED, false, false, KvmSettings.Dirty.RING));

    @BeforeAll
    static void needsKvm() {
        UsableKvm.isNeeded();
    }

    @Test
    void twoHundredOneAfterTheOtherLeaveNothing() {
        oneAfterTheOther(SETTINGS.size());
        Holdings before = Holdings.now();
        oneAfterTheOther(MACHINES);
        before.areNotExceeded();
    }

    private static void oneAfterTheOther(int count) {
        for (int i = 0; i < count; i++) {
            KvmSettings settings = SETTINGS.get(i % SETTINGS.size());
            try (KvmMachine machine = KvmMachine.open(settings);
                    SmallGuest guest = new SmallGuest(machine, "guest " + i, 1)) {
                run(guest, i);
            }
        }
    }

    @Test
    void twoHundredAtOnceAllRunAndLeaveNothing() {
        Holdings before = Holdings.now();
        List<KvmMachine> machines = SETTINGS.stream().map(KvmMachine::open).toList();
        List<SmallGuest> guests = new ArrayList<>();
        for (int i = 0; i < MACHINES; i++) {
            guests.add(new SmallGuest(machines.get(i % machines.size()), "guest " + i, 1));
        }
        for (int i = 0; i < MACHINES; i++) {
            run(guests.get(i), i);
        }
        // Which closes their virtual machines.
        machines.forEach(KvmMachine::close);
        before.areNotExceeded();
    }

    private static void run(SmallGuest guest, int seed) {
        long[] accesses = SmallGuest.random(seed, ACCESSES);
        Task task = guest.start(0, accesses);
        assertThat(guest.run(0)).isEqualTo(Slice.IDLE);
        assertThat(task.checksum()).isEqualTo(SmallGuest.checksum(accesses));
    }
}
