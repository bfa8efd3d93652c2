package org.nestwalk.guest.kernel;

import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import org.nestwalk.InputException;

/// The areas of one process, by address. Neighbours with the same rights are one area.
final class Vmas {
    private final TreeMap<Long, Vma> byStart = new TreeMap<>();

    /// No areas.
    Vmas() {}

    /// The same areas as `other` has.
    Vmas(Vmas other) {
        byStart.putAll(other.byStart);
    }

    /// These areas.
    ///
    /// @throws InputException if some overlap
    static Vmas of(List<Vma> areas) {
        Vmas vmas = new Vmas();
        areas.forEach(vmas::add);
        return vmas;
    }

    /// The area with `gva`, or null.
    @Nullable Vma find(long gva) {
        Map.Entry<Long, Vma> below = byStart.floorEntry(gva);
        return below != null && gva < below.getValue().end() ? below.getValue() : null;
    }

    /// All areas, ascending.
    Collection<Vma> all() {
        return byStart.values();
    }

    /// Adds an area.
    ///
    /// @throws InputException if it overlaps another
    void add(Vma vma) {
        for (Vma other : overlapping(vma.start(), vma.end())) {
            throw new InputException(
                    "the mapping from 0x%x to 0x%x overlaps that from 0x%x to 0x%x; unmap it first"
                            .formatted(vma.start(), vma.end(), other.start(), other.end()));
        }
        put(vma);
    }

    /// Takes a range away; what of areas lies outside stays.
    void remove(long start, long end) {
        for (Vma old : overlapping(start, end)) {
            byStart.remove(old.start());
            keepOutside(old, start, end);
        }
    }

    /// Gives all areas of a range new rights.
    ///
    /// @throws InputException if part of the range is in no area; nothing has changed then
    void protect(Vma range) {
        List<Vma> old = overlapping(range.start(), range.end());
        long at = range.start();
        for (Vma vma : old) {
            if (vma.start() > at) {
                break;
            }
            at = vma.end();
        }
        if (at < range.end()) {
            throw new InputException(
                    "0x%x is not mapped; only what is mapped can get other rights".formatted(at));
        }
        remove(range.start(), range.end());
        put(range);
    }

    private void keepOutside(Vma old, long start, long end) {
        if (old.start() < start) {
            put(new Vma(old.start(), start, old.rights()));
        }
        if (old.end() > end) {
            put(new Vma(end, old.end(), old.rights()));
        }
    }

    private List<Vma> overlapping(long start, long end) {
        Vma first = find(start);
        long from = first == null ? start : first.start();
        return List.copyOf(byStart.subMap(from, end).values());
    }

    private void put(Vma vma) {
        long start = vma.start();
        long end = vma.end();
        Map.Entry<Long, Vma> before = byStart.lowerEntry(start);
        if (before != null && isNeighbour(before.getValue().end(), start, before.getValue(), vma)) {
            start = before.getKey();
        }
        Vma after = byStart.get(end);
        if (after != null && after.rights() == vma.rights()) {
            byStart.remove(end);
            end = after.end();
        }
        byStart.put(start, new Vma(start, end, vma.rights()));
    }

    private static boolean isNeighbour(long end, long start, Vma one, Vma other) {
        return end == start && one.rights() == other.rights();
    }
}
