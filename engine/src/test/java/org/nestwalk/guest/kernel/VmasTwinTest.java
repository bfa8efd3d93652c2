package org.nestwalk.guest.kernel;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.nestwalk.InputException;
import org.nestwalk.random.Xoshiro256;

/// The twin: the rights of each page, 0 where there is no area.
class VmasTwinTest {
    private static final int PAGES = 40;
    private static final long BASE = 0x7f00_0000_0000L;
    private static final long PAGE = 4096;
    private static final int[] RIGHTS = {
        Vma.READ, Vma.READ | Vma.WRITE, Vma.READ | Vma.EXECUTE, Vma.ALL
    };

    @Test
    void agreesWithItsTwinAtEveryStep() {
        long seed = 17;
        Xoshiro256 random = new Xoshiro256(seed);
        for (int sequence = 0; sequence < 30; sequence++) {
            Vmas vmas = new Vmas();
            int[] twin = new int[PAGES];
            for (int step = 0; step < 60; step++) {
                int from = (int) random.nextBelow(PAGES);
                int to = from + 1 + (int) random.nextBelow(Math.min(PAGES - from, 12));
                int rights = RIGHTS[(int) random.nextBelow(RIGHTS.length)];
                switch ((int) random.nextBelow(3)) {
                    case 0 -> add(vmas, twin, from, to, rights);
                    case 1 -> {
                        vmas.remove(address(from), address(to));
                        Arrays.fill(twin, from, to, 0);
                    }
                    default -> protect(vmas, twin, from, to, rights);
                }
                assertThat(List.copyOf(vmas.all()))
                        .as("seed %d, sequence %d, step %d", seed, sequence, step)
                        .isEqualTo(areas(twin));
                assertFound(vmas, twin);
            }
            assertThat(List.copyOf(new Vmas(vmas).all())).isEqualTo(areas(twin));
        }
    }

    private static void add(Vmas vmas, int[] twin, int from, int to, int rights) {
        Vma area = new Vma(address(from), address(to), rights);
        if (Arrays.stream(twin, from, to).allMatch(own -> own == 0)) {
            vmas.add(area);
            Arrays.fill(twin, from, to, rights);
        } else {
            assertThatThrownBy(() -> vmas.add(area))
                    .isInstanceOf(InputException.class)
                    .hasMessageContaining("overlaps");
        }
    }

    private static void protect(Vmas vmas, int[] twin, int from, int to, int rights) {
        Vma area = new Vma(address(from), address(to), rights);
        int gap = from;
        while (gap < to && twin[gap] != 0) {
            gap++;
        }
        if (gap == to) {
            vmas.protect(area);
            Arrays.fill(twin, from, to, rights);
        } else {
            assertThatThrownBy(() -> vmas.protect(area))
                    .isInstanceOf(InputException.class)
                    .hasMessageContaining("0x%x is not mapped", address(gap));
        }
    }

    /// The longest runs of pages with the same rights.
    private static List<Vma> areas(int[] twin) {
        List<Vma> areas = new ArrayList<>();
        int from = 0;
        for (int page = 1; page <= PAGES; page++) {
            if (page == PAGES || twin[page] != twin[from]) {
                if (twin[from] != 0) {
                    areas.add(new Vma(address(from), address(page), twin[from]));
                }
                from = page;
            }
        }
        return areas;
    }

    private static void assertFound(Vmas vmas, int[] twin) {
        assertThat(vmas.find(BASE - 1)).isNull();
        assertThat(vmas.find(address(PAGES))).isNull();
        for (int page = 0; page < PAGES; page++) {
            Vma first = vmas.find(address(page));
            assertThat(first == null ? 0 : first.rights()).isEqualTo(twin[page]);
            assertThat(vmas.find(address(page + 1) - 1)).isEqualTo(first);
        }
    }

    private static long address(int page) {
        return BASE + page * PAGE;
    }
}
