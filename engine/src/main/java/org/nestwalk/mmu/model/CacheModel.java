package org.nestwalk.mmu.model;

/// One level of the data-cache hierarchy, with 64-byte lines.
///
/// @param name for example `L1D`, `L2`, `LLC`
/// @param geometry its shape; entries are lines
/// @param latencyCycles load-to-use cycles of a hit in this level, from the start of the access
public record CacheModel(String name, Geometry geometry, int latencyCycles) {}
