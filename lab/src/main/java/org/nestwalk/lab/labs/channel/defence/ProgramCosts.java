package org.nestwalk.lab.labs.channel.defence;

/// What a program costs a victim, in the ways that defences need to know.
///
/// @param plain with 2-MiB pages in both dimensions
/// @param small with 4-KiB pages
/// @param flushed with 2-MiB pages, TLBs and walk caches emptied at every switch
public record ProgramCosts(Run plain, Run small, Run flushed) {
    /// One run.
    ///
    /// @param cycles all
    /// @param walks after misses in all TLBs
    /// @param cyclesOfWalks of the accesses that walked: translation and data
    public record Run(long cycles, long walks, long cyclesOfWalks) {}
}
