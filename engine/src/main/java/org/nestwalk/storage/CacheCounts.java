package org.nestwalk.storage;

/// What a cache has done.
///
/// @param hits pages that were there
/// @param misses pages that were asked for and not there
/// @param fetched pages read from below, those ahead among them
/// @param ahead of those, pages that nobody had asked for
/// @param evicted pages that made room
/// @param writtenBack dirty pages written to what is below
public record CacheCounts(
        long hits, long misses, long fetched, long ahead, long evicted, long writtenBack) {}
