package org.nestwalk.lab.curve;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.nestwalk.mmu.model.Geometry;
import org.nestwalk.mmu.model.Replacement;

/// The geometries that a curve is of: all powers of two of entries from [#LEAST] to
/// [LookupCurve#MOST_ENTRIES], and of ways.
public final class CurveSizes {
    /// The fewest entries.
    public static final int LEAST = 16;

    private CurveSizes() {}

    /// The numbers of entries, in ascending order.
    public static List<Integer> entries() {
        List<Integer> all = new ArrayList<>();
        for (int entries = LEAST; entries <= LookupCurve.MOST_ENTRIES; entries *= 2) {
            all.add(entries);
        }
        return all;
    }

    /// A TLB under true LRU.
    public static Geometry of(int entries, int ways) {
        return new Geometry(entries, ways, Replacement.LRU);
    }

    /// All geometries: by entries, and of each number from direct-mapped to fully associative.
    public static List<Geometry> all() {
        List<Geometry> all = new ArrayList<>();
        for (int entries : entries()) {
            for (int ways = 1; ways <= entries; ways *= 2) {
                all.add(of(entries, ways));
            }
        }
        return all;
    }

    /// The most ways among geometries, by numbers of sets.
    public static Map<Integer, Integer> ways(List<Geometry> geometries) {
        Map<Integer, Integer> ways = new TreeMap<>();
        geometries.forEach(one -> ways.merge(one.sets(), one.ways(), Math::max));
        return ways;
    }
}
