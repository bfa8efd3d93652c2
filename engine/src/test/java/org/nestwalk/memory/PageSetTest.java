package org.nestwalk.memory;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.List;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;
import org.nestwalk.random.Xoshiro256;

class PageSetTest {
    private static final long PAGE = 4096;
    private static final long CHUNK = 32_768 * PAGE;

    private final PageSet set = new PageSet();

    @Test
    void agreesWithASetOfAddresses() {
        Xoshiro256 random = new Xoshiro256(1);
        long pages = 3 * CHUNK / PAGE;
        TreeSet<Long> twin = new TreeSet<>();
        for (int step = 0; step < 400; step++) {
            long from = random.nextBelow(pages);
            long most = random.nextBelow(8) == 0 ? pages : 200;
            long count = Math.min(pages - from, random.nextBelow(most));
            boolean add = random.nextBelow(2) == 0;
            if (add) {
                set.add(from * PAGE, count * PAGE);
            } else {
                set.remove(from * PAGE, count * PAGE);
            }
            for (long page = from; page < from + count; page++) {
                if (add) {
                    twin.add(page * PAGE);
                } else {
                    twin.remove(page * PAGE);
                }
            }
            assertThat(set.size()).isEqualTo(twin.size());
            assertThat(set.isEmpty()).isEqualTo(twin.isEmpty());
            long at = random.nextBelow(pages) * PAGE;
            assertThat(set.contains(at + 7)).isEqualTo(twin.contains(at));
            long length = random.nextBelow(pages - at / PAGE) * PAGE;
            assertThat(set.count(at, length)).isEqualTo(twin.subSet(at, at + length).size());
        }
        List<Long> all = new ArrayList<>();
        set.forEach(all::add);
        assertThat(all).containsExactlyElementsOf(twin);
    }

    @Test
    void rangesAreAsLongAsPossibleAcrossChunks() {
        set.add(CHUNK - PAGE, 2 * CHUNK + 2 * PAGE);
        set.add(5 * CHUNK, PAGE);
        List<String> ranges = new ArrayList<>();
        set.forEachRange((address, bytes) -> ranges.add(address / PAGE + "+" + bytes / PAGE));
        assertThat(ranges).containsExactly("32767+65538", "163840+1");
    }

    @Test
    void allOfALargeMemoryTakesNoTimeAndNoSpace() {
        set.add(0, 16L << 40);
        set.remove(PAGE, PAGE);
        assertThat(set.size()).isEqualTo((16L << 40) / PAGE - 1);
        assertThat(set.count(0, 16L << 40)).isEqualTo(set.size());
        assertThat(set.contains(PAGE)).isFalse();
        assertThat(set.contains((16L << 40) - 1)).isTrue();
        assertThat(set.contains(16L << 40)).isFalse();
    }

    @Test
    void addingAllOfAnotherLeavesThatUnchanged() {
        PageSet other = new PageSet();
        other.add(0, CHUNK);
        set.addAll(other);
        set.remove(0, PAGE);
        assertThat(other.count(0, CHUNK)).isEqualTo(CHUNK / PAGE);
        other.clear();
        assertThat(other.isEmpty()).isTrue();
        assertThat(set.size()).isEqualTo(CHUNK / PAGE - 1);
    }

    @Test
    void rangesThatAreNoPagesAreRefused() {
        assertThatThrownBy(() -> set.add(5, PAGE)).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> set.add(0, 5)).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> set.count(-PAGE, PAGE))
                .isInstanceOf(IllegalArgumentException.class);
    }
}
