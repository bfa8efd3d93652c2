package org.nestwalk.hypervisor.watchpoints;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;

/// Which pages are armed, and what chance and Bayes make of them.
class PageChoicesTest {
    private static final int PAGES = 32;
    private static final int TIMES = 8_000;

    /// How often each page is armed, four at a time, if page 0 is accessed each time that it is.
    private static int[] armed(PageChoice choice, int accesses) {
        int[] times = new int[PAGES];
        int[] armed = new int[4];
        for (int i = 0; i < TIMES; i++) {
            choice.next(PAGES, armed);
            assertThat(Arrays.stream(armed).distinct().count()).isEqualTo(4);
            for (int page : armed) {
                times[page]++;
                for (int each = 0; page == 0 && each < accesses; each++) {
                    choice.accessed(page);
                }
            }
        }
        return times;
    }

    @Test
    void everyPageIsArmedEquallyOften() {
        for (PageChoice choice : List.of(new RandomPages(1), new PagesInTurn())) {
            for (int times : armed(choice, 5)) {
                assertThat(times).isCloseTo(TIMES / 8, within(130));
            }
        }
    }

    @Test
    void hotPagesAreArmedRarelyAndColdOnesEquallyOften() {
        int[] times = armed(new ColdPagesFirst(1), 5);
        assertThat(times[0]).isPositive().isLessThan(TIMES / 40);
        for (int page = 1; page < PAGES; page++) {
            assertThat(times[page]).isCloseTo(TIMES / 8, within(180));
        }
    }

    @Test
    void allPagesCanBeArmedAtOnce() {
        for (PageChoice choice :
                List.of(new RandomPages(1), new PagesInTurn(), new ColdPagesFirst(2))) {
            int[] armed = new int[PAGES];
            choice.next(PAGES, armed);
            choice.next(PAGES, armed);
            assertThat(Arrays.stream(armed).distinct().count()).isEqualTo(PAGES);
        }
    }

    @Test
    void chancesAreThoseOfTheFormulas() {
        assertThat(Chances.seen(1.0 / 16, 32))
                .isCloseTo(1 - Math.pow(15.0 / 16, 32), within(1e-12));
        assertThat(Chances.seen(0.01, 10 * 32)).isCloseTo(1 - Math.pow(0.99, 320), within(1e-12));
        assertThat(Chances.needed(1.0 / 1024, 0.5)).isCloseTo(0.693 * 1024, within(1.0));
    }

    @Test
    void reportsThatRepeatMakeABugAndOneDoesNot() {
        BugFilter filter = new BugFilter(0.01, 1e-4, 1.0 / 64);
        filter.passed(1_000);
        filter.reported(1);
        for (int i = 0; i < 15; i++) {
            filter.reported(2);
        }
        assertThat(filter.probability(0)).isLessThan(0.01);
        assertThat(filter.probability(1)).isLessThan(0.1);
        assertThat(filter.probability(2)).isGreaterThan(0.999);
        assertThat(filter.reports(2)).isEqualTo(15);
        assertThatThrownBy(() -> new BugFilter(0, 1, 1))
                .isInstanceOf(IllegalArgumentException.class);
    }
}
