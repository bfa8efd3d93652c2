package org.nestwalk.paging;

/// How a translation ended.
public enum Outcome {
    /// Translated; the access may go on.
    OK,
    /// #GP: the linear address is not canonical.
    GENERAL_PROTECTION,
    /// #PF: the guest's own tables refuse; for the guest's kernel.
    PAGE_FAULT,
    /// VM exit: EPT has no translation or refuses the access.
    EPT_VIOLATION,
    /// VM exit: an EPT entry is ill-formed.
    EPT_MISCONFIGURATION,
    /// VM exit before the access: the page-modification log has no free entry.
    PML_FULL,
    /// #VE: an EPT violation that was delivered to the guest as an exception.
    VIRTUALIZATION_EXCEPTION,
    /// VM exit on AMD: the nested tables, or the reverse map table, refuse.
    NESTED_PAGE_FAULT,
    /// #VC on AMD: a page of encrypted memory that its owner has not validated; for the guest's
    /// kernel.
    VMM_COMMUNICATION,
    /// The second-stage tables of an IOMMU have no translation for a device's request, or refuse
    /// it.
    DEVICE_REFUSED
}
