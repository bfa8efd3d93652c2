package org.nestwalk.bench.compare;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;
import org.nestwalk.InputException;
import org.nestwalk.bench.compare.measured.Mode;
import org.nestwalk.bench.compare.measured.Values;

final class YardstickRunTest {
    private static final String OUTPUT =
            """
            gups.addr mode 4: n=5000000 3.740 s  1.34 M acc/s  L1miss 0.9998  walks 0.9941  refs/walk 9.69  ns/walk<=752.3  PWC none/pde/pdpte/pml4e 1/309382/4661284/0 nTLBhit 0  ptFrames 1546 sum 13a74ed50a31658
               walk refs by level L1 35786126 L2 4245668 LLC 8029414 MEM 98566
            gups.addr mode 4: n=5000000 3.264 s  1.53 M acc/s  L1miss 0.9998  walks 0.9941  refs/walk 9.69  ns/walk<=656.7  PWC none/pde/pdpte/pml4e 0/309383/4661280/0 nTLBhit 0  ptFrames 1546 sum 13a74ed50a31658
               walk refs by level L1 71572312 L2 8493222 LLC 16155389 MEM 98566
            """;

    @Test
    void ratesAreThoseOfAllRepetitionsAndCountsThoseOfTheFirst() {
        YardstickRun run = YardstickRun.parse(OUTPUT);
        assertThat(run.rates()).containsExactly(1.34, 1.53);
        assertThat(run.starts()).containsExactly(1L, 309382L, 4661284L, 0L);
        assertThat(run.served()).containsExactly(35786126L, 4245668L, 8029414L, 98566L);
        assertThat(run.references())
                .isEqualTo(run.served().stream().mapToLong(Long::longValue).sum());
    }

    @Test
    void outputWithoutARateIsRefused() {
        assertThatThrownBy(() -> YardstickRun.parse("Segmentation fault"))
                .isInstanceOf(InputException.class);
    }

    @Test
    void equalCountsAgree() {
        assertThat(
                        Agreement.differences(
                                Mode.CACHES, 5_000_000, counts(), YardstickRun.parse(OUTPUT)))
                .isEmpty();
    }

    @Test
    void aWalkThatStartsElsewhereIsADifference() {
        Values ours = counts();
        YardstickRun theirs = YardstickRun.parse(OUTPUT.replace("/309382/", "/309381/"));
        assertThat(Agreement.differences(Mode.CACHES, 5_000_000, ours, theirs))
                .hasSize(2)
                .first()
                .asString()
                .startsWith("starts of walks [1, 309382, 4661284, 0], yardstick [1, 309381,");
    }

    private static Values counts() {
        return new Values()
                .count("l1-misses", 4_999_000)
                .count("walks", 4_970_667)
                .count("references", 48_159_774)
                .count("starts", 1, 309382, 4661284, 0);
    }
}
