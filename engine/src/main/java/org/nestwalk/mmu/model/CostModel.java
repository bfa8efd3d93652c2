package org.nestwalk.mmu.model;

/// What a processor's work costs, beside that of its memory.
///
/// @param frequencyGHz nominal clock, to show cycles as nanoseconds
/// @param accessCycles cycles charged for every access besides translation and data-cache latency
/// @param assistCycles cycles to set an accessed or dirty flag in a table entry
/// @param exitCycles cycles of a VM exit and entry with its handling in the hypervisor
public record CostModel(double frequencyGHz, int accessCycles, int assistCycles, int exitCycles) {
    /// The same with other cycles for every access.
    public CostModel withAccessCycles(int cycles) {
        return new CostModel(frequencyGHz, cycles, assistCycles, exitCycles);
    }
}
