package org.nestwalk.guest.kernel;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.nestwalk.memory.Longs;

/// How often each frame of a state may be met.
class FrameClaimsTest {
    private static final long PAGE = 4096;
    private static final long LARGE = 512 * PAGE;
    private static final long BYTES = 4 * LARGE;

    /// The kernel's own block; two frames from 600 on, of which 601 is mapped three times; and two
    /// blocks of four frames from 1024 on, all mapped twice.
    private final FrameClaims claims =
            new FrameClaims(
                    new KernelState.FramesState(
                            Longs.of(
                                    new long[] {
                                        9, 1, 600 * PAGE, 2, 1024 * PAGE | 2, 2,
                                    }),
                            Longs.of(new long[] {601L << 16 | 2, 1, 1024L << 16 | 1, 8})),
                    BYTES);

    @Test
    void aFrameIsMetAsOftenAsItIsMapped() {
        assertThat(claims.left()).isEqualTo(2 + 8);
        assertThat(claims.claim(600 * PAGE)).isTrue();
        assertThat(claims.claim(600 * PAGE)).isFalse();
        for (int time = 0; time < 3; time++) {
            assertThat(claims.claim(601 * PAGE)).as("time %d", time).isTrue();
        }
        assertThat(claims.claim(601 * PAGE)).isFalse();
        assertThat(claims.left()).isEqualTo(8);
        for (long frame = 1024; frame < 1032; frame++) {
            assertThat(claims.claim(frame * PAGE)).isTrue();
            assertThat(claims.claim(frame * PAGE)).isTrue();
            assertThat(claims.claim(frame * PAGE)).isFalse();
        }
        assertThat(claims.left()).isZero();
    }

    @ParameterizedTest
    @ValueSource(longs = {-PAGE, 0, LARGE - PAGE, 599 * PAGE, 602 * PAGE, 1032 * PAGE, BYTES})
    void whatIsNotTakenOrTheKernelsOwnIsNeverMet(long gpa) {
        assertThat(claims.claim(gpa)).isFalse();
        assertThat(claims.claimAlone(gpa)).isFalse();
    }

    @Test
    void aFrameThatIsMappedOnceCanBeMetAlone() {
        assertThat(claims.claimAlone(600 * PAGE)).isTrue();
        assertThat(claims.claimAlone(601 * PAGE)).isFalse();
        assertThat(claims.claimAlone(1024 * PAGE)).isFalse();
    }

    @Test
    void aFrameOfABlockWithoutSharedOnesCanBeMetAlone() {
        FrameClaims plain =
                new FrameClaims(
                        new KernelState.FramesState(
                                Longs.of(new long[] {9, 1, 1536 * PAGE | 1, 1}),
                                Longs.of(new long[] {})),
                        BYTES);
        assertThat(plain.claimAlone(1537 * PAGE)).isTrue();
        assertThat(plain.claimAlone(1537 * PAGE)).isFalse();
        assertThat(plain.claimAlone(1538 * PAGE)).isFalse();
    }
}
