package org.nestwalk.traces.stats;

import java.util.List;
import org.nestwalk.traces.AccessCounts;

/// What [TraceStatistics] found in a whole trace.
///
/// @param counts accesses by kind, and threads
/// @param nonFetched instructions listed as executed but not fetched
/// @param dataBytes bytes that data accesses moved; a modify counts once
/// @param crossing accesses that touch two 4-KiB pages or more
/// @param nonCanonical accesses to addresses that are not canonical with 48 bits
/// @param code the pages that fetches touched
/// @param data the pages that data accesses touched
/// @param reuse how data accesses return to 4-KiB pages
/// @param regions where accesses go
/// @param distances of data accesses by how many data accesses back the one is that they depend on,
///   from 0, of those that depend on none near, to 14; empty if the trace does not say
/// @param regionsRecorded whether the regions are recorded mappings; otherwise they are guessed:
///   clusters of pages with gaps of at least 64 MiB between them
public record TraceSummary(
        AccessCounts counts,
        long nonFetched,
        long dataBytes,
        long crossing,
        long nonCanonical,
        Footprint code,
        Footprint data,
        PageReuse reuse,
        List<Region> regions,
        List<Long> distances,
        boolean regionsRecorded) {

    /// How many pages are touched.
    ///
    /// @param pages4k pages of 4 KiB
    /// @param pages2m pages of 2 MiB
    public record Footprint(int pages4k, int pages2m) {}

    /// How data accesses return to the 4-KiB pages of their first bytes.
    ///
    /// @param samePage the share of data accesses to the same page as the data access before
    /// @param touchesMedian data accesses per touched page, median
    /// @param touches99 the same, 99th percentile
    /// @param touchesMost the same, of the most touched page
    /// @param distanceMedian other pages touched since the last touch of the same page, median; -1
    ///   if no page is touched twice
    /// @param distance90 the same, 90th percentile
    /// @param distance99 the same, 99th percentile
    /// @param hits64 the share of data accesses that a fully associative LRU TLB of 64 entries hits
    /// @param hits1536 the same of 1536 entries
    public record PageReuse(
            double samePage,
            long touchesMedian,
            long touches99,
            long touchesMost,
            long distanceMedian,
            long distance90,
            long distance99,
            double hits64,
            double hits1536) {}

    /// A part of the address space.
    ///
    /// @param name the mapping's name, or what it is
    /// @param start its first address
    /// @param end the address after its last
    /// @param fetches instruction fetches from it
    /// @param data data accesses to it
    /// @param pages4k touched pages of 4 KiB
    public record Region(String name, long start, long end, long fetches, long data, int pages4k) {}
}
