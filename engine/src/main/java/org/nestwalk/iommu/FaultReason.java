package org.nestwalk.iommu;

/// Why a device's request was refused, with the code that the fault recording register shows.
///
/// Source: VT-d specification, section 7.1.3, and the reasons that Linux prints
/// (`drivers/iommu/intel/dmar.c`).
public enum FaultReason {
    /// Legacy mode: the root entry of the bus is not present.
    ROOT_NOT_PRESENT(0x1, "the root entry is not present"),
    /// Legacy mode: the context entry of the device is not present.
    CONTEXT_NOT_PRESENT(0x2, "the context entry is not present"),
    /// Legacy mode: the context entry says what there is not.
    CONTEXT_INVALID(0x3, "the context entry is invalid"),
    /// Legacy mode: the address is beyond the domain's width.
    ADDRESS_TOO_WIDE(0x4, "the address is beyond the domain's width"),
    /// Legacy mode: no right to write.
    WRITE(0x5, "the tables refuse writing"),
    /// Legacy mode: no right to read.
    READ(0x6, "the tables refuse reading"),
    /// Legacy mode: a table cannot be read.
    TABLE_UNREADABLE(0x7, "a table of the second stage cannot be read"),
    /// Legacy mode: the root table cannot be read.
    ROOT_UNREADABLE(0x8, "the root table cannot be read"),
    /// Legacy mode: a context table cannot be read.
    CONTEXT_UNREADABLE(0x9, "the context table cannot be read"),
    /// Legacy mode: reserved bits of a root entry.
    ROOT_RESERVED(0xa, "the root entry has reserved bits"),
    /// Legacy mode: reserved bits of a context entry.
    CONTEXT_RESERVED(0xb, "the context entry has reserved bits"),
    /// Legacy mode: reserved bits of an entry of the second stage.
    ENTRY_RESERVED(0xc, "an entry of the second stage has reserved bits"),
    /// Legacy mode: the context entry lets the device have no TLB.
    DEVICE_TLB_BLOCKED(0xd, "the context entry allows no device TLB"),

    /// A request with a PASID in legacy mode.
    PASID_IN_LEGACY_MODE(0x31, "a request with a PASID in legacy mode"),
    /// Scalable mode: the root table cannot be read.
    SCALABLE_ROOT_UNREADABLE(0x38, "the root table cannot be read"),
    /// Scalable mode: the root entry is not present.
    SCALABLE_ROOT_NOT_PRESENT(0x39, "the root entry is not present"),
    /// Scalable mode: reserved bits of a root entry.
    SCALABLE_ROOT_RESERVED(0x3a, "the root entry has reserved bits"),
    /// Scalable mode: a context table cannot be read.
    SCALABLE_CONTEXT_UNREADABLE(0x40, "the context table cannot be read"),
    /// Scalable mode: the context entry is not present.
    SCALABLE_CONTEXT_NOT_PRESENT(0x41, "the context entry is not present"),
    /// Scalable mode: reserved bits of a context entry.
    SCALABLE_CONTEXT_RESERVED(0x42, "the context entry has reserved bits"),
    /// Scalable mode: the context entry lets the device have no TLB (DTE).
    SCALABLE_DEVICE_TLB_BLOCKED(0x44, "the context entry allows no device TLB"),
    /// Scalable mode: the context entry lets the device use no PASIDs (PASIDE).
    PASIDS_BLOCKED(0x45, "the context entry allows no PASIDs"),
    /// Scalable mode: the directory is too small for the PASID.
    PASID_TOO_LARGE(0x46, "the PASID is beyond the directory"),
    /// Scalable mode: the context entry lets the device ask for no pages (PRE).
    PAGE_REQUESTS_BLOCKED(0x47, "the context entry allows no page requests"),
    /// The PASID directory cannot be read.
    DIRECTORY_UNREADABLE(0x50, "the PASID directory cannot be read"),
    /// The entry of the PASID directory is not present.
    DIRECTORY_NOT_PRESENT(0x51, "the entry of the PASID directory is not present"),
    /// Reserved bits of an entry of the PASID directory.
    DIRECTORY_RESERVED(0x52, "the entry of the PASID directory has reserved bits"),
    /// The PASID table cannot be read.
    PASID_UNREADABLE(0x58, "the PASID table cannot be read"),
    /// The PASID entry is not present.
    PASID_NOT_PRESENT(0x59, "the PASID entry is not present"),
    /// Reserved bits of a PASID entry.
    PASID_RESERVED(0x5a, "the PASID entry has reserved bits"),
    /// The PASID entry says what there is not.
    PASID_INVALID(0x5b, "the PASID entry is invalid"),
    /// A table of the first stage cannot be read.
    FIRST_UNREADABLE(0x70, "a table of the first stage cannot be read"),
    /// An entry of the first stage is not present.
    FIRST_NOT_PRESENT(0x71, "an entry of the first stage is not present"),
    /// Reserved bits of an entry of the first stage.
    FIRST_RESERVED(0x72, "an entry of the first stage has reserved bits"),
    /// Nested: the second stage refuses to read a table of the first.
    FIRST_READ_REFUSED(0x76, "the second stage refuses reading a table of the first"),
    /// Nested: the second stage refuses to set flags in a table of the first.
    FIRST_WRITE_REFUSED(0x77, "the second stage refuses setting flags in a table of the first"),
    /// Scalable mode: a table of the second stage cannot be read.
    SECOND_UNREADABLE(0x78, "a table of the second stage cannot be read"),
    /// Scalable mode: an entry of the second stage is not present.
    SECOND_NOT_PRESENT(0x79, "an entry of the second stage is not present"),
    /// Scalable mode: reserved bits of an entry of the second stage.
    SECOND_RESERVED(0x7a, "an entry of the second stage has reserved bits"),
    /// The address is not canonical for the first stage.
    NOT_CANONICAL(0x80, "the address is not canonical"),
    /// The first stage has a page of the supervisor's.
    SUPERVISOR_PAGE(0x81, "the page is the supervisor's"),
    /// Scalable mode: an address that is not translated is beyond the host's width.
    HOST_WIDTH(0x83, "the address is beyond the host's width"),
    /// Scalable mode: the address is beyond the second stage's width.
    SECOND_TOO_WIDE(0x84, "the address is beyond the second stage's width"),
    /// Scalable mode: no right to write.
    SCALABLE_WRITE(0x85, "the tables refuse writing"),
    /// Scalable mode: no right to read.
    SCALABLE_READ(0x86, "the tables refuse reading");

    private final int code;
    private final String label;

    FaultReason(int code, String label) {
        this.code = code;
        this.label = label;
    }

    /// The code, 8 bits.
    public int code() {
        return code;
    }

    /// In words, as the rest of a sentence.
    public String label() {
        return label;
    }
}
