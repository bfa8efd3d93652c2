package org.nestwalk.machine;

/// How a virtual machine's addresses are translated.
public enum TranslationMode {
    /// The processor walks the guest's tables and, for each guest-physical address, the second
    /// level's.
    NESTED,
    /// The processor walks shadow tables, from guest-virtual to host-physical addresses, that the
    /// hypervisor derives from the guest's.
    SHADOW,
    /// No hypervisor: the guest's kernel owns the machine, and its physical addresses are the
    /// host's.
    NATIVE
}
