package org.nestwalk.machine;

/// A source of the pages that a guest writes.
public enum DirtySource {
    /// Dirty flags of the second-level tables, found by looking at all of them (Intel SDM volume
    /// 3C, section 28.3.5; AMD's nested tables have them always).
    FLAGS("dirty flags"),
    /// Page-modification logging: the processor logs each page whose dirty flag it sets, and exits
    /// when 512 are logged (Intel SDM volume 3C, section 28.3.6).
    LOG("page-modification log"),
    /// The right to write is withheld: the first write to each page exits. What live migration did
    /// before processors had dirty flags in their second level (Clark et al., NSDI 2005, section
    /// 5).
    TRAPS("write protection"),
    /// Write protection whose finds are kept in a ring of page numbers for each virtual CPU, which
    /// exits when it is nearly full; what is harvested is protected again by a reset. KVM's way
    /// (Peter Xu, "KVM: Dirty ring support", Linux 5.11), built from traps.
    RING("dirty rings"),
    /// The bitmap of the host's KVM (`KVM_GET_DIRTY_LOG`).
    HOST_BITMAP("KVM's bitmap"),
    /// The rings of the host's KVM, one for each CPU (`KVM_CAP_DIRTY_LOG_RING`).
    HOST_RING("KVM's rings"),
    /// Write protection that the host's kernel takes away by itself at the first write, and a scan
    /// of its page tables that finds where it is gone and protects again in the same step
    /// (`UFFD_FEATURE_WP_ASYNC` and `PAGEMAP_SCAN`, Linux 6.7): needs no KVM.
    HOST_SCAN("the host's page map");

    private final String label;

    DirtySource(String label) {
        this.label = label;
    }

    /// Whether the host's kernel finds pages, and splits large ones by itself meanwhile.
    public boolean isOfHost() {
        return this == HOST_BITMAP || this == HOST_RING || this == HOST_SCAN;
    }

    /// Its name in reports.
    public String label() {
        return label;
    }
}
