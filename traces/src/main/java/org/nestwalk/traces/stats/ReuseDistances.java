package org.nestwalk.traces.stats;

import java.util.Arrays;

/// LRU stack distances of a stream of pages: how many other pages were touched since the last touch
/// of the same page.
///
/// A fully associative LRU TLB of `n` entries hits exactly the touches with a distance below `n`.
/// Algorithm: a Fenwick tree over the times of each page's last touch (Bennett and Kruskal, "LRU
/// stack processing", IBM Journal of Research and Development 19(4), 1975), renumbered when the
/// times run out.
final class ReuseDistances {
    private final LongCounts lastTouch = new LongCounts();
    private long[] pageAt = new long[1 << 16];
    private int[] tree = new int[(1 << 16) + 1];
    private long[] histogram = new long[1 << 10];
    private int now;
    private int live;
    private long repeats;
    private long firsts;

    /// The page is touched; the stream should leave out touches of the same page as before.
    void touch(long page) {
        if (now == pageAt.length) {
            renumber();
        }
        int last = (int) lastTouch.get(page);
        if (last == 0) {
            firsts++;
            live++;
        } else {
            count(live - sum(last));
            add(last, -1);
            pageAt[last - 1] = 0;
        }
        now++;
        pageAt[now - 1] = page + 1;
        add(now, 1);
        lastTouch.add(page, now - last);
    }

    /// Touches with the distance 0, which [#touch] did not see.
    void same(long touches) {
        histogram[0] += touches;
        repeats += touches;
    }

    /// The distance that at least `share` of all touches but first ones do not exceed; -1 if there
    /// are only first touches.
    long quantile(double share) {
        long wanted = (long) Math.ceil(share * repeats);
        long sum = 0;
        for (int distance = 0; distance < histogram.length; distance++) {
            sum += histogram[distance];
            if (sum >= wanted && sum > 0) {
                return distance;
            }
        }
        return -1;
    }

    /// The share of all touches, first ones too, with a distance below `entries`; 0 if there are
    /// none.
    double shareBelow(int entries) {
        long sum = 0;
        for (int distance = 0; distance < Math.min(entries, histogram.length); distance++) {
            sum += histogram[distance];
        }
        return repeats + firsts == 0 ? 0 : (double) sum / (repeats + firsts);
    }

    private void count(int distance) {
        if (distance >= histogram.length) {
            histogram = Arrays.copyOf(histogram, 2 * distance);
        }
        histogram[distance]++;
        repeats++;
    }

    private void add(int time, int delta) {
        for (int i = time; i < tree.length; i += i & -i) {
            tree[i] += delta;
        }
    }

    private int sum(int time) {
        int sum = 0;
        for (int i = time; i > 0; i -= i & -i) {
            sum += tree[i];
        }
        return sum;
    }

    /// Gives the live pages the first times, in order, and makes room for as many again.
    private void renumber() {
        long[] old = pageAt;
        int times = Math.max(old.length, Integer.highestOneBit(live) * 4);
        pageAt = new long[times];
        tree = new int[times + 1];
        int end = now;
        now = 0;
        for (int i = 0; i < end; i++) {
            if (old[i] != 0) {
                pageAt[now++] = old[i];
                add(now, 1);
                lastTouch.add(old[i] - 1, now - lastTouch.get(old[i] - 1));
            }
        }
    }
}
