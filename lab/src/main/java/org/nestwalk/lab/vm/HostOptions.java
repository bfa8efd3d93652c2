package org.nestwalk.lab.vm;

import org.nestwalk.hypervisor.CollapseSettings;
import org.nestwalk.hypervisor.HintSettings;
import org.nestwalk.machine.TranslationMode;
import org.nestwalk.memory.Fragmentation;

/// The host of a guest, and how its hypervisor backs guest memory.
///
/// @param memoryBytes host memory
/// @param mode how addresses are translated; in native mode there is no hypervisor
/// @param backing how guest memory is backed
/// @param scanFactor how many times as often as Linux's khugepaged the host's works, with
///   [BackingChoice#KHUGEPAGED]
/// @param fragmentation of its memory; of the guest's in native mode
/// @param hints limits of the guest's hints
public record HostOptions(
        long memoryBytes,
        TranslationMode mode,
        BackingChoice backing,
        double scanFactor,
        Fragmentation fragmentation,
        HintSettings hints) {
    /// The same in another mode.
    public HostOptions with(TranslationMode other) {
        return new HostOptions(memoryBytes, other, backing, scanFactor, fragmentation, hints);
    }

    /// The same with another backing.
    public HostOptions with(BackingChoice other) {
        return new HostOptions(memoryBytes, mode, other, scanFactor, fragmentation, hints);
    }

    /// The same with memory in other pieces.
    public HostOptions with(Fragmentation other) {
        return new HostOptions(memoryBytes, mode, backing, scanFactor, other, hints);
    }

    /// The same, whose khugepaged works `factor` times as often as Linux's.
    public HostOptions withScanFactor(double factor) {
        return new HostOptions(memoryBytes, mode, backing, factor, fragmentation, hints);
    }

    /// Whether there is no hypervisor.
    public boolean isNative() {
        return mode == TranslationMode.NATIVE;
    }

    /// Whether its khugepaged works on guest memory.
    public boolean collapses() {
        return backing.collapses() && !isNative();
    }

    CollapseSettings scanning() {
        return CollapseSettings.LINUX.faster(scanFactor);
    }
}
