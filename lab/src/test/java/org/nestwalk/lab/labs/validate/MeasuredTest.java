package org.nestwalk.lab.labs.validate;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.nestwalk.bits.Access;
import org.nestwalk.bits.PageSize;
import org.nestwalk.kvm.measure.Clocks;
import org.nestwalk.kvm.measure.Estimate;
import org.nestwalk.kvm.measure.Loads.Place;
import org.nestwalk.kvm.measure.Replay;
import org.nestwalk.lab.compare.Workloads;

class MeasuredTest {
    private static final Case SMALL = new Case(Place.NATIVE, "gups", 1 << 20, PageSize.SIZE_4K);
    private static final Case LARGE = SMALL.with(PageSize.SIZE_2M);

    /// Takes three nanoseconds an access with small pages in the first round, and two with large
    /// ones; each round is half as long again as the first. Every fourth piece is disturbed.
    private static final class Planted implements Replay {
        private final PageSize pages;
        private int round = 2;

        Planted(PageSize pages) {
            this.pages = pages;
        }

        @Override
        public Place place() {
            return Place.NATIVE;
        }

        @Override
        public PageSize pages() {
            return pages;
        }

        @Override
        public long bytes() {
            return 1 << 20;
        }

        @Override
        public long[] times(long[] accesses, int length, long footprint) {
            int pieces = pieces(accesses, length, footprint, Integer.MAX_VALUE);
            assertThat(Arrays.stream(accesses).boxed())
                    .allSatisfy(one -> assertThat(Access.address(one)).isBetween(0L, footprint));
            long[] ticks = new long[pieces];
            int nanoseconds = pages == PageSize.SIZE_4K ? 3 : 2;
            for (int i = 0; i < pieces; i++) {
                ticks[i] = (long) length * nanoseconds * round * (i % 4 == 3 ? 10 : 1);
            }
            round++;
            return ticks;
        }

        @Override
        public void close() {}
    }

    private static Measured measured() {
        Planted small = new Planted(PageSize.SIZE_4K);
        Planted large = new Planted(PageSize.SIZE_2M);
        return new Measured(
                List.of(SMALL, LARGE),
                one -> one.pages() == PageSize.SIZE_4K ? small : large,
                new Clocks(2, 3),
                1,
                8);
    }

    @Test
    void timeIsTheMedianOfTheRoundsBetweenTheLeastAndTheMost() {
        Measured measured = measured();
        for (int i = 0; i < 3; i++) {
            assertThat(measured.round(() -> true)).isTrue();
        }
        assertThat(measured.time(SMALL)).isEqualTo(new Estimate(4.5, 3, 6));
        assertThat(measured.time(LARGE)).isEqualTo(new Estimate(3, 2, 4));
    }

    @Test
    void ratiosAreOfTheSameRound() {
        Measured measured = measured();
        measured.round(() -> true);
        measured.round(() -> true);
        // Rounds differ by half, and the ratio does not.
        assertThat(measured.ratio(SMALL, LARGE).spread()).isCloseTo(0, within(1e-9));
        assertThat(measured.ratio(SMALL, LARGE).value()).isCloseTo(1.5, within(1e-9));
    }

    @Test
    void endedRoundCountsForNothing() {
        Measured measured = measured();
        measured.round(() -> true);
        List<Boolean> answers = new ArrayList<>(List.of(true, false));
        assertThat(measured.round(answers::removeFirst)).isFalse();
        assertThat(measured.time(SMALL)).isEqualTo(new Estimate(3, 3, 3));
    }

    @Test
    void streamGoesOnWhereItWasAndBeginsAnewAtTheEnd() {
        String program = "sequential:footprint=1MiB,accesses=6000,stride=64";
        Stream whole = new Stream(Workloads.program(program));
        long[] all = new long[13_000];
        whole.next(all);
        Stream stream = new Stream(Workloads.program(program));
        long[] pieces = new long[13_000];
        for (int at = 0; at < pieces.length; at += 1000) {
            long[] piece = new long[1000];
            stream.next(piece);
            System.arraycopy(piece, 0, pieces, at, 1000);
        }
        assertThat(pieces).isEqualTo(all);
        assertThat(Arrays.copyOfRange(all, 6000, 12_000)).isEqualTo(Arrays.copyOf(all, 6000));
        assertThat(all[1]).isEqualTo(Access.pack(Access.LOAD, 64));
    }
}
