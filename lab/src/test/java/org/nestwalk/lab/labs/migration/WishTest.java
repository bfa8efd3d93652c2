package org.nestwalk.lab.labs.migration;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.nestwalk.InputException;
import org.nestwalk.lab.labs.migration.MigrationResult.Move;

class WishTest {
    private static Move move(long downtime, long time) {
        return new Move(
                "g", 1, "p", null, time, 1, 1 << 20, downtime, 0, 0, 0.05, false, 0, downtime,
                List.of());
    }

    @Test
    void unitsAreRead() {
        assertThat(Wish.read("downtime<1s, time < 5min,slowdown<10%,bytes<2GiB,pause<3us"))
                .extracting(Wish::most)
                .containsExactly(1e9, 300e9, 0.1, (double) (2L << 30), 3e3);
    }

    @Test
    void aWishIsKeptBelowItsBound() {
        Wish wish = Wish.read("downtime<1ms").getFirst();
        assertThat(wish.isKept(move(999_999, 5))).isTrue();
        assertThat(wish.isKept(move(1_000_000, 5))).isFalse();
    }

    @Test
    void theWidestMarginIsBest() {
        List<Wish> wishes = Wish.read("downtime<1ms,time<1s");
        Move slow = move(10, 900_000_000);
        Move quick = move(500_000, 800);
        Move tooLong = move(2_000_000, 10);
        assertThat(Advice.best(List.of(slow, tooLong, quick), wishes)).contains(quick);
        assertThat(Advice.best(List.of(tooLong), wishes)).isEmpty();
        assertThat(Advice.nearest(List.of(move(5_000_000, 10), tooLong), wishes)).contains(tooLong);
        assertThat(Advice.worst(tooLong, wishes).metric()).isEqualTo(Wish.Metric.DOWNTIME);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "downtime",
                "downtime<",
                "downtime<5",
                "downtime<5m",
                "luck<5ms",
                "slowdown<5",
                "downtime<0ms",
                "time<1..2s",
                "bytes<5x",
                "downtime<1s,"
            })
    void whatIsNoWishIsSaid(String text) {
        assertThatThrownBy(() -> Wish.read(text)).isInstanceOf(InputException.class);
    }
}
