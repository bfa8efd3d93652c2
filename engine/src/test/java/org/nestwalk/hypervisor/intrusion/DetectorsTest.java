package org.nestwalk.hypervisor.intrusion;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.nestwalk.InputException;
import org.nestwalk.memory.PageSet;

class DetectorsTest {
    private static final long PAGE = 4096;
    private static final long MILLISECOND = 1_000_000;

    private static WriteSample sample(long... pages) {
        PageSet set = new PageSet();
        for (long page : pages) {
            set.add(page * PAGE, PAGE);
        }
        return new WriteSample(set, MILLISECOND);
    }

    private static <D extends Detector> D trained(D detector, WriteSample... samples) {
        for (WriteSample one : samples) {
            detector.train(one);
        }
        detector.trained();
        detector.reset();
        return detector;
    }

    @Test
    void pagesNeverWrittenInTrainingCount() {
        Detector detector = trained(new NeverWritten(), sample(1, 2), sample(5));
        assertThat(detector.score(sample(1, 2, 5))).isZero();
        assertThat(detector.score(sample(1, 3, 4))).isEqualTo(2);
        assertThat(detector.score(sample())).isZero();
    }

    @Test
    void codeCountsTheLessTheMoreOftenItWasWritten() {
        PageSet code = new PageSet();
        code.add(10 * PAGE, 4 * PAGE);
        Detector detector =
                trained(
                        new CodePages(code),
                        sample(1, 10, 11),
                        sample(2, 10),
                        sample(10),
                        sample(10));
        assertThat(detector.score(sample(1, 2, 3))).isZero();
        assertThat(detector.score(sample(10))).isZero();
        assertThat(detector.score(sample(11))).isEqualTo(0.75);
        assertThat(detector.score(sample(12, 13))).isEqualTo(2);
    }

    @Test
    void changesAddUp() {
        Detector detector =
                trained(
                        new WrittenSetChange(),
                        sample(1, 2, 3, 4),
                        sample(1, 2, 3, 5),
                        sample(1, 2, 3, 4),
                        sample(1, 2, 3));
        assertThat(highest(detector, WrittenSetChange.BASELINE + 1, 0)).isZero();
        double first = detector.score(sample(7, 8, 9));
        double second = detector.score(sample(17, 18));
        assertThat(first).isPositive();
        assertThat(second).isGreaterThan(first);
        // What has happened once is forgotten.
        assertThat(detector.score(sample(17, 18))).isBetween(0.0, second);
        for (int i = 0; i < 20; i++) {
            double _ = detector.score(sample(17, 18));
        }
        assertThat(detector.score(sample(17, 18))).isZero();
        detector.reset();
        assertThat(detector.score(sample(70))).isZero();
    }

    @Test
    void aProgramThatChangesMoreThanThoseInTrainingIsNotAnAttack() {
        Detector detector =
                trained(
                        new WrittenSetChange(),
                        sample(1, 2, 3, 4),
                        sample(1, 2, 3, 5),
                        sample(1, 2, 3, 4));
        // All of its pages are new in every period: three times the distance of those in training.
        assertThat(highest(detector, 200, 4)).isZero();
        detector.reset();
        assertThat(highest(detector, 50, 1)).isZero();
        assertThat(detector.score(sample(49, 1000, 1001))).isPositive();
    }

    /// The highest score of that many samples of pages `step` apart, of which each shares four less
    /// `step` with the one before.
    private static double highest(Detector detector, int samples, int step) {
        double highest = 0;
        for (int i = 0; i < samples; i++) {
            long page = (long) step * i;
            highest = Math.max(highest, detector.score(sample(page, page + 1, page + 2, page + 3)));
        }
        return highest;
    }

    @Test
    void distanceIsJaccards() {
        assertThat(WrittenSetChange.distance(sample(1, 2).pages(), sample(2, 3).pages()))
                .isCloseTo(2.0 / 3, within(1e-12));
        assertThat(WrittenSetChange.distance(new PageSet(), new PageSet())).isZero();
    }

    @Test
    void burstsAreMoreOfARegionThanEverInTraining() {
        Detector detector = trained(new WriteBurst(), sample(0, 1, 64), sample(0, 1, 2, 3));
        assertThat(detector.score(sample(0, 1))).isEqualTo(0.5);
        assertThat(detector.score(sample(0, 1, 2, 3, 4, 5, 6, 7))).isEqualTo(2);
        assertThat(detector.score(sample(128, 129, 130))).isEqualTo(3);
        PageSet half = new PageSet();
        half.add(0, 4 * PAGE);
        assertThat(detector.score(new WriteSample(half, MILLISECOND / 2))).isEqualTo(2);
    }

    @Test
    void nothingIsLearnedFromNothing() {
        for (Detector detector :
                List.of(
                        new NeverWritten(),
                        new WrittenSetChange(),
                        new WriteBurst(),
                        new CodePages(new PageSet()))) {
            assertThatThrownBy(detector::trained)
                    .as(detector.name())
                    .isInstanceOf(InputException.class)
                    .hasMessageContaining("0 period(s) is too short");
        }
        assertThatThrownBy(() -> trained(new WrittenSetChange(), sample(1)))
                .isInstanceOf(InputException.class)
                .hasMessageContaining("1 period(s) is too short")
                .hasMessageContaining("2 or more");
    }
}
