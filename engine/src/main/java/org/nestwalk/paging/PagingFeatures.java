package org.nestwalk.paging;

/// What a processor supports, as far as translation depends on it.
///
/// @param physicalBits MAXPHYADDR, 32 to 52
/// @param guestOneGiB 1-GiB pages in guest (or native) paging
/// @param secondOneGiB 1-GiB pages in EPT or nested paging
/// @param executeOnly EPT entries may allow execution without reading
/// @param advancedExitInformation EPT violations report bits 11:9 of the exit qualification
/// @param amd bit 8 of level-4 and level-5 entries is reserved
public record PagingFeatures(
        int physicalBits,
        boolean guestOneGiB,
        boolean secondOneGiB,
        boolean executeOnly,
        boolean advancedExitInformation,
        boolean amd) {
    /// Everything supported, 52 physical-address bits, Intel's formats.
    public static final PagingFeatures ALL = new PagingFeatures(52, true, true, true, false, false);

    /// Everything supported, 52 physical-address bits, AMD's formats.
    public static final PagingFeatures ALL_AMD =
            new PagingFeatures(52, true, true, true, false, true);

    /// The same with another physical-address width.
    public PagingFeatures withPhysicalBits(int bits) {
        return new PagingFeatures(
                bits, guestOneGiB, secondOneGiB, executeOnly, advancedExitInformation, amd);
    }
}
