package org.nestwalk.kvm.handle;

import static org.assertj.core.api.Assertions.assertThat;

import java.lang.foreign.ValueLayout;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.nestwalk.bits.Access;
import org.nestwalk.kvm.code.ReplayLoop;
import org.nestwalk.machine.Checksum;

/// Writes to a read-only slot exit with their address and data, and are the user's to make.
class ReadOnlySlotTest {
    private static final long PAGE = 4096;

    @BeforeAll
    static void needsKvm() {
        UsableKvm.isNeeded();
    }

    @Test
    void aStoreExitsWithItsAddressAndDataAndLoadsDoNotExit() {
        try (Kvm kvm = Kvm.open();
                PlainGuest guest = new PlainGuest(kvm, 16 * PAGE, KvmVm.READ_ONLY, 0)) {
            long gva = PlainGuest.DATA + 3 * PAGE + 8;
            guest.data.segment().set(ValueLayout.JAVA_LONG, 3 * PAGE + 8, 5);
            guest.start(Access.pack(Access.LOAD, gva), Access.pack(Access.STORE, gva));
            assertThat(guest.cpu.enter()).isZero();
            assertThat(guest.cpu.exit()).isEqualTo(Exit.MMIO);
            assertThat(guest.cpu.isMmioWrite()).isTrue();
            assertThat(guest.cpu.mmioAddress()).isEqualTo(gva);
            assertThat(guest.cpu.mmioData()).isEqualTo(Checksum.value(1));
            assertThat(guest.data.segment().get(ValueLayout.JAVA_LONG, 3 * PAGE + 8)).isEqualTo(5);
            assertThat(guest.cpu.enter()).isZero();
            assertThat(guest.cpu.exit()).isEqualTo(Exit.IO);
            assertThat(guest.cpu.port()).isEqualTo(ReplayLoop.DONE_PORT);
            assertThat(guest.cpu.general().get(GeneralRegisters.Name.RBX))
                    .isEqualTo(Checksum.fold(Checksum.START, 5));
        }
    }
}
