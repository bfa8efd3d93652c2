package org.nestwalk.machine;

/// How a virtual machine's memory is protected against its hypervisor.
public enum Protection {
    /// Not at all.
    NONE,

    /// Encrypted with a key of its own (AMD SEV; AMD APM volume 2, section 15.34).
    ENCRYPTED,

    /// Encrypted, and every frame has an owner, without whom it goes nowhere (AMD SEV-SNP; AMD APM
    /// volume 2, section 15.36).
    OWNED
}
