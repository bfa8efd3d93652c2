package org.nestwalk.mmu.tlb;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;

class TranslationContextsTest {
    private final TranslationContexts contexts = new TranslationContexts();

    @Test
    void equalTriplesShareAnId() {
        int id = contexts.of(1, 2, 3);
        assertThat(contexts.of(1, 2, 3)).isEqualTo(id);
        assertThat(contexts.of(1, 3, 3)).isNotEqualTo(id);
        assertThat(contexts.vpid(id)).isEqualTo(1);
        assertThat(contexts.pcid(id)).isEqualTo(2);
        assertThat(contexts.ep4ta(id)).isEqualTo(3);
    }

    @Test
    void pcidsOfAVpidShareTheirGlobals() {
        int globals = contexts.globalsOf(contexts.of(1, 2, 3));
        assertThat(contexts.globalsOf(contexts.of(1, 9, 3))).isEqualTo(globals);
        assertThat(contexts.globalsOf(contexts.of(2, 2, 3))).isNotEqualTo(globals);
        assertThat(contexts.globalsOf(contexts.of(1, 2, 4))).isNotEqualTo(globals);
        assertThat(contexts.isGlobal(globals)).isTrue();
    }

    @Test
    void theTagsOfAContextTellItsKind() {
        int linear = contexts.of(1, 2, TranslationContexts.NO_EPT);
        assertThat(contexts.kind(linear)).isEqualTo(MappingKind.LINEAR);
        assertThat(contexts.kind(contexts.of(1, 2, 0))).isEqualTo(MappingKind.COMBINED);
        int guestPhysical = contexts.ofGuestPhysical(0);
        assertThat(contexts.kind(guestPhysical)).isEqualTo(MappingKind.GUEST_PHYSICAL);
        assertThat(contexts.globalsOf(guestPhysical)).isEqualTo(guestPhysical);
    }

    @Test
    void ep4taIsTheFrameOfTheEptPointer() {
        assertThat(TranslationContexts.ep4taOf(0x1234_505eL)).isEqualTo(0x12345);
    }

    @Test
    void holdsManyContexts() {
        for (int pcid = 0; pcid < 4096; pcid++) {
            int id = contexts.of(7, pcid, 1);
            assertThat(contexts.pcid(contexts.of(7, pcid, 1))).isEqualTo(pcid);
            assertThat(contexts.globalsOf(id)).isZero();
        }
    }

    @Test
    void refusesIdentifiersThatHardwareCannotHave() {
        assertThatThrownBy(() -> contexts.of(0, 4096, 0)).hasMessageContaining("PCID 4096");
        assertThatThrownBy(() -> contexts.of(65_536, 0, 0)).hasMessageContaining("VPID 65536");
        assertThatThrownBy(() -> contexts.of(-1, 0, 0)).hasMessageContaining("VPID -1");
        assertThatThrownBy(() -> contexts.of(0, 0, 1L << 40)).hasMessageContaining("EP4TA");
        assertThatThrownBy(() -> contexts.ofGuestPhysical(1L << 40)).hasMessageContaining("EP4TA");
    }

    @Test
    void refusesMoreContextsThanTagsTellApart() {
        for (int ep4ta = 0; ep4ta < TranslationTag.MAX_CONTEXTS; ep4ta++) {
            contexts.ofGuestPhysical(ep4ta);
        }
        assertThat(contexts.ofGuestPhysical(9)).as("a known one").isEqualTo(9);
        assertThatThrownBy(() -> contexts.ofGuestPhysical(TranslationTag.MAX_CONTEXTS))
                .isInstanceOf(IllegalStateException.class)
                .hasMessage("more than 131072 translation contexts");
    }
}
