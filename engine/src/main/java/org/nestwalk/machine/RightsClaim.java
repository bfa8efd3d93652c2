package org.nestwalk.machine;

import org.nestwalk.memory.PageSet;

/// Rights on guest memory that one part of a hypervisor withholds from the guest. The rights that
/// the guest has on a page are those that all claims allow; each claim withholds and grants only
/// for itself. An access that is refused is the business of the parts whose claims refuse it, and
/// of no others.
///
/// A claim is about guest-physical pages, whether they are backed or not, and stays as pages are
/// unmapped, backed again, split, collapsed or moved. A large page of which different things are
/// allowed is split.
///
/// Where nothing may be read, nothing can be written; processors that have no execute-only pages
/// (AMD) cannot execute there either.
public interface RightsClaim extends AutoCloseable {
    /// Allows `rights` on a range, as far as this claim goes, and withholds the others. To be
    /// called from handlers or within [VirtualMachine#exclusively].
    ///
    /// @param gpa a multiple of 4 KiB
    /// @param bytes a multiple of 4 KiB, within guest memory
    /// @param rights bits of [SecondLevelMap]
    /// @throws UnsupportedOperationException if the machine cannot withhold one of the others
    void allow(long gpa, long bytes, int rights);

    /// As [#allow(long, long, int)], on all pages of a set at once: what processors have cached of
    /// them is forgotten once for all.
    default void allow(PageSet pages, int rights) {
        pages.forEachRange((gpa, bytes) -> allow(gpa, bytes, rights));
    }

    /// Lets processors set accessed and dirty flags of guest tables on pages from which this claim
    /// withholds writing, until [#allow] says anything of them (Intel's paging-write access).
    ///
    /// @throws UnsupportedOperationException without [Capability#PAGING_WRITE]
    default void allowFlags(long gpa, long bytes) {
        throw new UnsupportedOperationException(
                "this machine cannot let processors set flags of guest tables that nobody may"
                        + " write");
    }

    /// Lets the guest write parts of the page at `gpa` from which this claim withholds writing,
    /// until [#allow] says anything of it (Intel's sub-page write permissions).
    ///
    /// @param parts a bit for each 128 bytes
    /// @throws UnsupportedOperationException without [Capability#SUB_PAGES]
    default void allowParts(long gpa, int parts) {
        throw new UnsupportedOperationException(
                "this machine cannot withhold the right to write parts of pages");
    }

    /// The rights that this claim allows on the page of `gpa`.
    int allowed(long gpa);

    /// Allows everything, for ever. May be called twice.
    @Override
    void close();
}
