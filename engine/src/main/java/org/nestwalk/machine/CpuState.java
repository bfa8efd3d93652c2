package org.nestwalk.machine;

/// The state of a virtual CPU between two accesses.
///
/// @param cr3 CR3: bits 51:12 are the guest-physical address of the root table, bits 11:0 the PCID
///   if the kernel uses them
/// @param cursor data accesses made so far by the program
/// @param checksum of what it has loaded; see [Checksum]
public record CpuState(long cr3, long cursor, long checksum) {}
