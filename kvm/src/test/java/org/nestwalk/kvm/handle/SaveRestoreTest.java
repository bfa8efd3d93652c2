package org.nestwalk.kvm.handle;

import static org.assertj.core.api.Assertions.assertThat;

import java.lang.foreign.ValueLayout;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.nestwalk.bits.Access;
import org.nestwalk.kvm.handle.GeneralRegisters.Name;
import org.nestwalk.kvm.sys.Errno;
import org.nestwalk.machine.Checksum;
import org.nestwalk.random.Xoshiro256;

class SaveRestoreTest {
    private static final long BYTES = 4L << 20;
    private static final int ACCESSES = 250_000;
    private static final int TRIES = 50;

    private final long[] accesses = accesses();
    private final long[] words = new long[(int) (BYTES / Long.BYTES)];

    @BeforeAll
    static void needsKvm() {
        UsableKvm.isNeeded();
    }

    @Test
    void aProgramStoppedAnywhereGoesOnInAnotherVirtualMachineToTheSameChecksum() {
        long expected = plain();
        try (Kvm kvm = Kvm.open()) {
            int moved = 0;
            for (int i = 0; i < TRIES && moved < 3; i++) {
                moved += runsAndMoves(kvm, expected) ? 1 : 0;
            }
            assertThat(moved).as("runs that were stopped before their end").isPositive();
        }
    }

    private boolean runsAndMoves(Kvm kvm, long expected) {
        try (PlainGuest from = new PlainGuest(kvm, BYTES, 0, 0);
                PlainGuest to = new PlainGuest(kvm, BYTES, 0, 0)) {
            from.start(accesses);
            boolean stopped = stopWhileRunning(from);
            VcpuState state = from.cpu.save();
            to.data.segment().copyFrom(from.data.segment());
            to.control.segment().copyFrom(from.control.segment());
            to.cpu.restore(state);
            to.cpu.enter();
            assertThat(to.isDone()).isTrue();
            assertThat(to.checksum()).isEqualTo(expected);
            assertThat(to.data.segment().toArray(ValueLayout.JAVA_LONG)).isEqualTo(words);
            return stopped;
        }
    }

    private boolean stopWhileRunning(PlainGuest guest) {
        long firstStore = 0;
        while (!Access.isWrite(accesses[(int) firstStore])) {
            firstStore++;
        }
        long at = Access.address(accesses[(int) firstStore]) - PlainGuest.DATA & -Long.BYTES;
        Thread kicker =
                Thread.ofPlatform()
                        .start(() -> {
                            while (guest.data.segment().get(ValueLayout.JAVA_LONG, at) == 0) {
                                Thread.onSpinWait();
                            }
                            guest.cpu.kick();
                        });
        int error = guest.cpu.enter();
        join(kicker);
        guest.cpu.clearKick();
        return error == Errno.EINTR && guest.cpu.general().get(Name.RCX) > 0;
    }

    private static void join(Thread thread) {
        try {
            thread.join();
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }

    private long plain() {
        long checksum = Checksum.START;
        long cursor = 0;
        for (long access : accesses) {
            int at = (int) ((Access.address(access) - PlainGuest.DATA) / Long.BYTES);
            if (Access.isWrite(access)) {
                words[at] = Checksum.value(cursor);
            } else {
                checksum = Checksum.fold(checksum, words[at]);
            }
            cursor++;
        }
        return checksum;
    }

    private static long[] accesses() {
        Xoshiro256 random = new Xoshiro256(5);
        long[] accesses = new long[ACCESSES];
        for (int i = 0; i < ACCESSES; i++) {
            int kind = random.nextBelow(2) == 0 ? Access.LOAD : Access.STORE;
            accesses[i] = Access.pack(kind, PlainGuest.DATA + random.nextBelow(BYTES));
        }
        return accesses;
    }
}
