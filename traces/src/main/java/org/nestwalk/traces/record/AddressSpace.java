package org.nestwalk.traces.record;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.NavigableMap;
import java.util.TreeMap;
import org.nestwalk.traces.Mapping;

/// What a recorded process has mapped, and what it had: mappings come and go while it runs.
final class AddressSpace {
    /// How many ranges that were unmapped are kept, the largest.
    private static final int MOST_UNMAPPED = 256;

    private record Range(long end, String name, boolean accessible) {}

    private final NavigableMap<Long, Range> now = new TreeMap<>();
    private final NavigableMap<Long, Range> former = new TreeMap<>();
    private long mapped;
    private long mappedNow;
    private long most;

    /// Takes in what the process begins with, which is no memory that the program asked for.
    void begin(List<Mapping> mappings) {
        mappings.forEach(m -> map(m.start(), m.end(), m.name(), true));
        mapped = 0;
        mappedNow = 0;
        most = 0;
    }

    /// Maps `[start, end)`, instead of what was there.
    ///
    /// @param accessible false for a range that is only reserved
    void map(long start, long end, String name, boolean accessible) {
        long replaced = anonymous(cut(now, start, end));
        put(now, start, new Range(end, name, accessible));
        long added = (accessible && name.isEmpty() ? end - start : 0) - replaced;
        mapped += added;
        mappedNow += added;
        most = Math.max(most, mappedNow);
    }

    /// Unmaps whatever is mapped in `[start, end)`.
    void unmap(long start, long end) {
        List<Mapping> parts = cut(now, start, end);
        mappedNow -= anonymous(parts);
        for (Mapping part : parts) {
            cut(former, part.start(), part.end());
            put(former, part.start(), new Range(part.end(), part.name(), true));
        }
    }

    private static long anonymous(List<Mapping> parts) {
        return parts.stream()
                .filter(part -> part.name().isEmpty())
                .mapToLong(part -> part.end() - part.start())
                .sum();
    }

    /// Adds a range, as one with its neighbours if they are alike.
    private static void put(NavigableMap<Long, Range> ranges, long start, Range range) {
        var below = ranges.lowerEntry(start);
        var above = ranges.get(range.end());
        long first = start;
        long end = range.end();
        if (below != null
                && below.getValue().equals(new Range(start, range.name(), range.accessible()))) {
            first = below.getKey();
        }
        if (above != null
                && above.equals(new Range(above.end(), range.name(), range.accessible()))) {
            ranges.remove(range.end());
            end = above.end();
        }
        ranges.put(first, new Range(end, range.name(), range.accessible()));
    }

    /// Takes `[start, end)` out of `ranges`, and returns the parts that were accessible there.
    private static List<Mapping> cut(NavigableMap<Long, Range> ranges, long start, long end) {
        List<Mapping> parts = new ArrayList<>();
        var entry = ranges.lowerEntry(end);
        while (entry != null && Long.compareUnsigned(entry.getValue().end(), start) > 0) {
            long first = entry.getKey();
            Range range = entry.getValue();
            ranges.remove(first);
            if (first < start) {
                ranges.put(first, new Range(start, range.name(), range.accessible()));
            }
            if (range.end() > end) {
                ranges.put(end, range);
            }
            if (range.accessible()) {
                parts.add(
                        new Mapping(
                                Math.max(first, start), Math.min(range.end(), end), range.name()));
            }
            entry = ranges.lowerEntry(Math.min(first, end));
        }
        return parts;
    }

    /// The mappings of now, then those unmapped before, as [Mapping#unmapped] says.
    List<Mapping> mappings() {
        List<Mapping> all = new ArrayList<>();
        now.forEach((start, range) -> all.add(new Mapping(start, range.end(), range.name())));
        former.entrySet().stream()
                .map(e -> new Mapping(e.getKey(), e.getValue().end(), e.getValue().name()))
                .sorted(Comparator.comparingLong((Mapping m) -> m.start() - m.end()))
                .limit(MOST_UNMAPPED)
                .sorted(Comparator.comparingLong(Mapping::start))
                .forEach(mapping -> all.add(mapping.unmapped()));
        return all;
    }

    /// Bytes of anonymous memory that the program mapped in all; a mapping in place of another is
    /// no more.
    long mapped() {
        return mapped;
    }

    /// Bytes of it that were mapped at once, at most.
    long most() {
        return most;
    }
}
