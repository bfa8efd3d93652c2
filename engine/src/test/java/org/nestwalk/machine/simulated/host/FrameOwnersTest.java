package org.nestwalk.machine.simulated.host;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;

class FrameOwnersTest {
    private static final long FRAMES = (1 << 15) + 100;
    private static final long PAGE = 4096;

    private final FrameOwners owners = new FrameOwners(FRAMES);

    @Test
    void ownerSaysKindMachineAndGuestPage() {
        long at = (1 << 15) * PAGE - PAGE;
        owners.take(at, 3, FrameOwners.PAGE, 0xabcd, 0xff_ffff_f000L);
        long second = owners.of(at + PAGE + 8);
        assertThat(FrameOwners.kind(second)).isEqualTo(FrameOwners.PAGE);
        assertThat(FrameOwners.machine(second)).isEqualTo(0xabcd);
        assertThat(FrameOwners.gpa(second)).isEqualTo(0x100_0000_0000L);
        assertThat(FrameOwners.gpa(owners.of(at))).isEqualTo(0xff_ffff_f000L);
        assertThat(owners.of(at - PAGE)).isZero();
        assertThat(owners.of(at + 3 * PAGE)).isZero();
        assertThat(owners.of(0)).isZero();
    }

    @Test
    void onlyPagesHaveAGuestPage() {
        owners.take(0, 2, FrameOwners.TABLE, 3, 0x5000);
        assertThat(FrameOwners.gpa(owners.of(PAGE))).isZero();
        assertThat(FrameOwners.kind(owners.of(PAGE))).isEqualTo(FrameOwners.TABLE);
        assertThat(owners.of(0)).isEqualTo(FrameOwners.pack(FrameOwners.TABLE, 3, 77));
    }

    @Test
    void frameHasOneOwnerAtATime() {
        owners.take(PAGE, 1, FrameOwners.RESERVED, 0, 0);
        assertThatThrownBy(() -> owners.take(0, 2, FrameOwners.PAGE, 1, 0))
                .isInstanceOf(IllegalStateException.class)
                .hasMessage("frame 1000 has two owners");
        owners.give(PAGE, 1);
        assertThat(owners.of(PAGE)).isZero();
        assertThatThrownBy(() -> owners.give(PAGE, 1))
                .isInstanceOf(IllegalStateException.class)
                .hasMessage("frame 1000 has no owner");
    }
}
