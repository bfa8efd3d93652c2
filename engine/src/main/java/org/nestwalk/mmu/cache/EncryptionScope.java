package org.nestwalk.mmu.cache;

/// Which references go through the memory-encryption engine.
public enum EncryptionScope {
    /// All: memory is encrypted as a whole, tables of the hypervisor included (AMD SME and TSME,
    /// Intel TME; AMD APM volume 2, section 7.10).
    WHOLE_MEMORY("whole memory"),

    /// Those that need a guest's key: the guest's tables, whatever their C-bit says, and its data.
    /// The nested tables are the hypervisor's (AMD APM volume 2, section 15.34).
    GUEST_KEY("guest key");

    private final String label;

    EncryptionScope(String label) {
        this.label = label;
    }

    /// The name in reports.
    public String label() {
        return label;
    }
}
