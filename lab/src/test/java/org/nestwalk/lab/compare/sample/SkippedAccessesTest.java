package org.nestwalk.lab.compare.sample;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.nestwalk.bits.Access;
import org.nestwalk.random.Xoshiro256;

class SkippedAccessesTest {
    private static final long LINE = 64;

    private static long[] stream(long seed, int length, int lines) {
        Xoshiro256 random = new Xoshiro256(seed);
        long[] block = new long[length];
        for (int i = 0; i < length; i++) {
            int kind = (int) random.nextBelow(4);
            long address = 0x7000_0000L + random.nextBelow(lines) * LINE + random.nextBelow(LINE);
            block[i] = Access.pack(kind, address);
        }
        return block;
    }

    @Test
    void firstTouchesAndFirstWritesAreThoseOfANaiveTwin() {
        for (long seed = 1; seed <= 20; seed++) {
            long[] block = stream(seed, 5_000, 20_000);
            Set<Long> touched = new HashSet<>();
            Set<Long> written = new HashSet<>();
            List<Long> expected = new ArrayList<>();
            for (long access : block) {
                boolean isNew = touched.add(Access.pageNumber(access));
                if (Access.isWrite(access) ? written.add(Access.pageNumber(access)) : isNew) {
                    expected.add(access);
                }
            }
            SkippedAccesses skipped = new SkippedAccesses(100);
            List<Long> found = new ArrayList<>();
            for (int from = 0; from < block.length; from += 1_000) {
                long[] firsts = new long[block.length];
                int count = skipped.skip(block, from, from + 1_000, firsts);
                Arrays.stream(firsts, 0, count).forEach(found::add);
            }
            assertThat(found).isEqualTo(expected);
        }
    }

    @Test
    void linesThatWereUsedLastAreMadeAgainInTheirOrder() {
        int kept = 512;
        long[] block = stream(7, 20_000, 100_000);
        SkippedAccesses skipped = new SkippedAccesses(kept);
        skipped.skip(block, 0, block.length, new long[block.length]);
        Set<Long> last = new LinkedHashSet<>();
        for (int i = block.length - 1; last.size() < kept / 2; i--) {
            last.add(line(block[i]));
        }
        long[] replayed = skipped.replay();
        assertThat(replayed).hasSize(kept);
        List<Long> order = Arrays.stream(replayed).boxed().distinct().toList();
        assertThat(order).containsAll(last);
        assertThat(order.getLast()).isEqualTo(last.iterator().next());
    }

    private static long line(long access) {
        return Access.isFetch(access)
                ? Access.pack(Access.FETCH, Access.address(access) & -4096)
                : Access.pack(Access.LOAD, Access.address(access) & -LINE);
    }

    @Test
    void fewLinesThatAreUsedOftenDoNotPushOutOthers() {
        long[] once = stream(9, 300, 100_000);
        long[] often = new long[50_000];
        for (int i = 0; i < often.length; i++) {
            often[i] = Access.pack(Access.LOAD, 0x1000L + i % 3 * LINE);
        }
        SkippedAccesses skipped = new SkippedAccesses(512);
        skipped.skip(once, 0, once.length, new long[once.length]);
        skipped.skip(often, 0, often.length, new long[often.length]);
        assertThat(Arrays.stream(skipped.replay()).distinct().count()).isGreaterThan(290);
    }

    @Test
    void whatIsForgottenIsNotMadeAgain() {
        long[] block = stream(3, 1_000, 1_000);
        SkippedAccesses skipped = new SkippedAccesses(512);
        skipped.skip(block, 0, block.length, new long[block.length]);
        skipped.forget();
        assertThat(skipped.replay()).isEmpty();
        skipped.skip(block, 0, 10, new long[10]);
        assertThat(skipped.replay()).isNotEmpty();
    }
}
