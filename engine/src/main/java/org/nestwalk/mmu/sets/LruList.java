package org.nestwalk.mmu.sets;

/// True LRU for sets of any width: each set is a circular doubly linked list, most recent first.
final class LruList extends ReplacementPolicy {
    private final int ways;
    // Nodes of a set are its ways and, last, the head that closes the circle.
    private final int[] next;
    private final int[] previous;

    LruList(int sets, int ways) {
        this.ways = ways;
        int nodes = ways + 1;
        this.next = new int[sets * nodes];
        this.previous = new int[sets * nodes];
        for (int set = 0; set < sets; set++) {
            int base = set * nodes;
            for (int node = 0; node < nodes; node++) {
                // Way 0 is the least recently used at first.
                next[base + node] = base + (node + ways) % nodes;
                previous[base + node] = base + (node + 1) % nodes;
            }
        }
    }

    @Override
    void hit(int set, int way) {
        int[] next = this.next;
        int[] previous = this.previous;
        int base = set * (ways + 1);
        int head = base + ways;
        int node = base + way;
        int first = next[head];
        if (first == node) {
            return;
        }
        int before = previous[node];
        int after = next[node];
        next[before] = after;
        previous[after] = before;
        next[head] = node;
        previous[node] = head;
        next[node] = first;
        previous[first] = node;
    }

    @Override
    void filled(int set, int way) {
        hit(set, way);
    }

    @Override
    int victim(int set) {
        int base = set * (ways + 1);
        return previous[base + ways] - base;
    }
}
