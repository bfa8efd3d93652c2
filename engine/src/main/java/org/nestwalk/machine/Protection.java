package org.nestwalk.machine;

/// How a virtual machine's memory is protected against its hypervisor.
public enum Protection {
    /// Not at all.
    NONE("none"),

    /// Encrypted with a key of its own (AMD SEV; AMD APM volume 2, section 15.34).
    ENCRYPTED("encrypted"),

    /// Encrypted, and every frame has an owner, without whom it goes nowhere (AMD SEV-SNP; AMD APM
    /// volume 2, section 15.36).
    OWNED("encrypted and owned");

    private final String label;

    Protection(String label) {
        this.label = label;
    }

    /// The name in reports.
    public String label() {
        return label;
    }
}
