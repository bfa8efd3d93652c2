package org.nestwalk.hypervisor;

/// How a hypervisor learns which pages a guest writes, pass after pass, as live migration does.
public interface DirtyTracking {
    /// Begins a pass: what was written before no longer counts.
    void arm();

    /// Pages found written since the pass began, each once, by the size of their mapping.
    long dirtyPages();
}
