package org.nestwalk.machine.simulated.host;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.List;
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

    @Test
    void sharedFrameBacksItsPagesAndNoOthers() {
        owners.take(PAGE, 1, FrameOwners.PAGE, 1, 0x5000);
        assertThat(owners.backs(PAGE, 1, 0x5000)).isTrue();
        assertThat(owners.backs(PAGE, 1, 0x6000)).isFalse();
        owners.share(PAGE, 2, 0x7000);
        owners.share(PAGE, 3, 0x8000);
        assertThat(owners.pages(PAGE)).isEqualTo(3);
        assertThat(owners.backs(PAGE, 1, 0x5000)).isTrue();
        assertThat(owners.backs(PAGE, 2, 0x7000)).isTrue();
        assertThat(owners.backs(PAGE, 3, 0x8000)).isTrue();
        assertThat(owners.backs(PAGE, 3, 0x7000)).isFalse();
        assertThat(owners.drop(PAGE, 1, 0x5000)).isFalse();
        assertThat(owners.backs(PAGE, 1, 0x5000)).isFalse();
        assertThat(owners.drop(PAGE, 3, 0x8000)).isFalse();
        assertThat(owners.isShared(PAGE)).isFalse();
        assertThat(owners.backs(PAGE, 2, 0x7000)).isTrue();
        assertThat(owners.drop(PAGE, 2, 0x7000)).as("the last page").isTrue();
        assertThat(owners.of(PAGE)).isZero();
    }

    @Test
    void conditionIsAskedOfEveryPage() {
        owners.take(PAGE, 1, FrameOwners.PAGE, 1, 0x5000);
        owners.take(2 * PAGE, 1, FrameOwners.TABLE, 1, 0);
        assertThat(owners.allPages(PAGE, page -> FrameOwners.gpa(page) == 0x5000)).isTrue();
        assertThat(owners.allPages(PAGE, page -> FrameOwners.gpa(page) != 0x5000)).isFalse();
        assertThat(owners.allPages(2 * PAGE, page -> false)).as("backs none").isTrue();
        owners.share(PAGE, 2, 0x7000);
        assertThat(owners.allPages(PAGE, page -> FrameOwners.gpa(page) >= 0x5000)).isTrue();
        assertThat(owners.allPages(PAGE, page -> FrameOwners.machine(page) == 1)).isFalse();
        assertThat(owners.allPages(PAGE, page -> FrameOwners.machine(page) == 2)).isFalse();
    }

    @Test
    void frameIsNotTakenFromWhoHasIt() {
        owners.take(PAGE, 1, FrameOwners.PAGE, 1, 0x5000);
        assertThatThrownBy(() -> owners.drop(PAGE, 1, 0x6000))
                .isInstanceOf(IllegalStateException.class)
                .hasMessage("frame 1000 does not back page 6000 of virtual machine 1");
        owners.share(PAGE, 2, 0x7000);
        assertThatThrownBy(() -> owners.give(PAGE, 1))
                .isInstanceOf(IllegalStateException.class)
                .hasMessage("frame 1000 is shared");
        assertThatThrownBy(() -> owners.drop(PAGE, 2, 0x6000))
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("is not shared");
        owners.take(0, 1, FrameOwners.RESERVED, 0, 0);
        assertThatThrownBy(() -> owners.move(PAGE, 0))
                .isInstanceOf(IllegalStateException.class)
                .hasMessage("frame 0 has two owners");
        assertThatThrownBy(() -> owners.share(0, 1, 0x9000))
                .isInstanceOf(IllegalStateException.class)
                .hasMessage("frame 0 backs no page");
    }

    @Test
    void ownedFramesOfARangeAreShown() {
        long edge = (1 << 15) * PAGE;
        for (long at : new long[] {5 * PAGE, 7 * PAGE, edge - PAGE, edge}) {
            owners.take(at, 1, FrameOwners.RESERVED, 0, 0);
        }
        assertThat(owned(5 * PAGE, 6 * PAGE)).containsExactly(5 * PAGE);
        assertThat(owned(5 * PAGE, 7 * PAGE)).containsExactly(5 * PAGE);
        assertThat(owned(6 * PAGE, edge)).containsExactly(7 * PAGE, edge - PAGE);
        assertThat(owned(edge, edge + PAGE)).containsExactly(edge);
        assertThat(owned(0, edge + 2 * PAGE))
                .containsExactly(5 * PAGE, 7 * PAGE, edge - PAGE, edge);
    }

    private List<Long> owned(long from, long end) {
        List<Long> shown = new ArrayList<>();
        owners.forEachOwned(from, end, shown::add);
        return shown;
    }
}
