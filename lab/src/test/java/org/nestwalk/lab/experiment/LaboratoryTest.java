package org.nestwalk.lab.experiment;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Function;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.nestwalk.lab.progress.Meter;

class LaboratoryTest {
    private static Function<Meter, String> part(String name, CountDownLatch done) {
        return meter -> {
            done.countDown();
            return name;
        };
    }

    /// Waits for another part, and is ended then.
    private static Function<Meter, String> ended(CountDownLatch other, boolean silently) {
        return meter -> {
            try {
                other.await();
            } catch (InterruptedException e) {
                throw new IllegalStateException(e);
            }
            assertThat(meter.add(1)).isFalse();
            if (silently) {
                return "not complete";
            }
            throw new EndedEarly();
        };
    }

    @Test
    @Timeout(60)
    void partsThatWereCompleteWhenTheWorkWasEndedStay() {
        for (int threads : List.of(1, 2)) {
            for (boolean silently : List.of(false, true)) {
                CountDownLatch done = new CountDownLatch(1);
                Laboratory laboratory = Laboratory.watchedBy(event -> false);
                assertThat(
                                laboratory.sideBySide(
                                        threads,
                                        List.of(part("first", done), ended(done, silently))))
                        .containsExactly("first");
                assertThat(laboratory.isEnded()).isTrue();
            }
        }
    }

    @Test
    void nothingBeginsAfterTheEnd() {
        AtomicInteger begun = new AtomicInteger();
        CountDownLatch none = new CountDownLatch(0);
        assertThatThrownBy(() ->
                        Laboratory.watchedBy(event -> false)
                                .inOrder(
                                        List.of(
                                                ended(none, false),
                                                meter -> "late " + begun.incrementAndGet())))
                .isInstanceOf(EndedEarly.class);
        assertThat(begun).hasValue(0);
    }

    @Test
    void resultsAreInTheOrderOfTheParts() {
        CountDownLatch second = new CountDownLatch(1);
        assertThat(
                        Laboratory.unwatched()
                                .sideBySide(
                                        2,
                                        List.of(
                                                meter -> {
                                                    try {
                                                        second.await();
                                                    } catch (InterruptedException e) {
                                                        throw new IllegalStateException(e);
                                                    }
                                                    return "first";
                                                },
                                                part("second", second))))
                .containsExactly("first", "second");
    }
}
