package org.nestwalk.mmu;

import java.util.ArrayList;
import java.util.List;
import java.util.function.Predicate;
import org.nestwalk.mmu.model.Geometry;

/// The slow, obvious twin of [org.nestwalk.mmu.tlb.Tlb] under LRU: a list of entries for every set,
/// most recent first.
final class NaiveTlb {
    /// An entry for the page of `1 << shift` bytes at `base`, part of one of `1 << guestShift`.
    record Entry(
            int vpid,
            int pcid,
            boolean global,
            long ep4ta,
            long base,
            int shift,
            int guestShift,
            long word) {
        boolean translates(long gva) {
            return gva >> shift == base >> shift;
        }

        boolean isOfPageAround(long gva) {
            return gva >> guestShift == base >> guestShift;
        }
    }

    private final Geometry geometry;
    private final List<List<Entry>> sets = new ArrayList<>();

    NaiveTlb(Geometry geometry) {
        this.geometry = geometry;
        for (int set = 0; set < geometry.sets(); set++) {
            sets.add(new ArrayList<>());
        }
    }

    long lookup(long gva, int vpid, int pcid, long ep4ta) {
        for (boolean global : new boolean[] {false, true}) {
            for (int shift : new int[] {12, 21, 30}) {
                for (Entry e : setOf(gva, shift)) {
                    if (e.translates(gva)
                            && e.shift == shift
                            && e.global == global
                            && e.vpid == vpid
                            && e.ep4ta == ep4ta
                            && (global || e.pcid == pcid)) {
                        setOf(gva, shift).remove(e);
                        setOf(gva, shift).addFirst(e);
                        return e.word;
                    }
                }
            }
        }
        return 0;
    }

    void fill(Entry entry) {
        List<Entry> set = setOf(entry.base, entry.shift);
        if (set.size() == geometry.ways()) {
            set.removeLast();
        }
        set.addFirst(entry);
    }

    /// Has the entry that a look-up would find translate by `word`, where it is.
    void replace(long gva, int vpid, int pcid, long ep4ta, long word) {
        for (List<Entry> set : sets) {
            set.replaceAll(e ->
                    e.translates(gva)
                                    && e.vpid == vpid
                                    && e.ep4ta == ep4ta
                                    && (e.global || e.pcid == pcid)
                            ? new Entry(
                                    vpid,
                                    e.pcid,
                                    e.global,
                                    ep4ta,
                                    e.base,
                                    e.shift,
                                    e.guestShift,
                                    word)
                            : e);
        }
    }

    /// The entries that translate an address, which is no use of them.
    List<Entry> entriesFor(long gva, int vpid, int pcid, long ep4ta) {
        return sets.stream()
                .flatMap(List::stream)
                .filter(e ->
                        e.translates(gva)
                                && e.vpid == vpid
                                && e.ep4ta == ep4ta
                                && (e.global || e.pcid == pcid))
                .toList();
    }

    void removeIf(Predicate<Entry> affected) {
        sets.forEach(set -> set.removeIf(affected));
    }

    int size() {
        return sets.stream().mapToInt(List::size).sum();
    }

    private List<Entry> setOf(long gva, int shift) {
        long page = (gva & ((1L << 57) - 1)) >> shift;
        return sets.get((int) (page % geometry.sets()));
    }
}
