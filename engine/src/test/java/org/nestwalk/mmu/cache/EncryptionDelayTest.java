package org.nestwalk.mmu.cache;

import static org.assertj.core.api.Assertions.assertThat;
import static org.nestwalk.mmu.cache.MemoryDelay.DATA;
import static org.nestwalk.mmu.cache.MemoryDelay.GUEST_TABLE;
import static org.nestwalk.mmu.cache.MemoryDelay.SECOND_LEVEL_TABLE;

import org.junit.jupiter.api.Test;

class EncryptionDelayTest {
    private static final long BIT = 1L << 51;

    @Test
    void wholeMemoryDelaysEveryReference() {
        EncryptionDelay delay = new EncryptionDelay(7, EncryptionScope.WHOLE_MEMORY, BIT);
        for (int kind : new int[] {GUEST_TABLE, SECOND_LEVEL_TABLE, DATA}) {
            assertThat(delay.cycles(kind, 0x1000)).isEqualTo(7);
            assertThat(delay.cycles(kind, BIT | 0x1000)).isEqualTo(7);
            assertThat(delay.references(kind)).isEqualTo(2);
        }
    }

    @Test
    void guestKeyDelaysTheGuestsReferencesOnly() {
        EncryptionDelay delay = new EncryptionDelay(7, EncryptionScope.GUEST_KEY, 0);
        assertThat(delay.cycles(GUEST_TABLE, 0x1000)).isEqualTo(7);
        assertThat(delay.cycles(DATA, 0x1000)).isEqualTo(7);
        assertThat(delay.cycles(SECOND_LEVEL_TABLE, 0x1000)).isZero();
        assertThat(delay.references(SECOND_LEVEL_TABLE)).isZero();
    }

    @Test
    void sharedPagesOfAnEncryptedGuestAreNotDelayed() {
        EncryptionDelay delay = new EncryptionDelay(7, EncryptionScope.GUEST_KEY, BIT);
        assertThat(delay.cycles(DATA, 0x1000)).isZero();
        assertThat(delay.cycles(DATA, BIT | 0x1000)).isEqualTo(7);
        assertThat(delay.references(DATA)).isEqualTo(1);
    }

    @Test
    void scopesAreToldApartInReports() {
        assertThat(EncryptionScope.WHOLE_MEMORY.label()).isEqualTo("whole memory");
        assertThat(EncryptionScope.GUEST_KEY.label()).isEqualTo("guest key");
    }
}
