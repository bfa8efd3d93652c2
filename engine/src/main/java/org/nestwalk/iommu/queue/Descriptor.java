package org.nestwalk.iommu.queue;

/// A descriptor of the invalidation queue: 128 bits.
///
/// ```text
///                       low word                                      high word
///  context cache    63 50 49 48 47  32 31    16 15   6 5  4 3  0   reserved
///                  |res. | FM |source | domain |  res.| G | 0x1 |
///  IOTLB           63           32 31    16 15 8 7  6 5  4 3  0   63     12 7  6 5  0
///                  |   reserved   | domain |res|DR|DW| G | 0x2 | | address |  |IH| AM |
///  device TLB      63 48 47      32 31     21 20 16 15   4 3  0   63     12        0
///                  |  - | source   | reserved| MIP |  -   | 0x3 | | address |      |S|
///  wait            63            32 31         8 7 6  5  4 3  0   63              2
///                  | status data   | reserved   |-|FN|SW|IF| 0x5 | | status address |
///  PASID's IOTLB   63 52 51      32 31    16 15   6 5  4 3  0   63     12 7  6 5  0
///                  |res.| PASID    | domain |  res.| G | 0x6 | | address |  |IH| AM |
///  PASID cache     63 52 51      32 31    16 15   6 5  4 3  0   reserved
///                  |res.| PASID    | domain |  res.| G | 0x7 |
///  PASID's dev.TLB 63 52 51      32 31    16 15 4 3  0          63     12 11      0
///                  | -  | PASID    | source |  - | 0x8 |       | address | S|     |
///  page response   63 52 51      32 31    16 15 12 11 5 4 3  0   11     3
///                  |res.| PASID    | source | RC |res.|P| 0x9 | | group  |
/// ```
///
/// G: how much. Context: 1 all, 2 a domain, 3 a device. IOTLB: 1 all, 2 a domain, 3 pages of a
/// domain. PASID's IOTLB: 2 a PASID, 3 pages of one. PASID cache: 0 a domain, 1 a PASID, 3 all. FM:
/// how many low bits of the function do not matter. DR, DW: reads and writes on their way arrive
/// first. AM: 2^AM pages. IH: no entries of tables have changed. S: the range is larger than a
/// page, and the lowest clear bit of the address, from 12 on, says how large. SW: the status is
/// written. FN: nothing behind it is begun before. RC: 0 is success.
///
/// Source: VT-d specification, section 6.5.2.
///
/// @param low first 64 bits
/// @param high last 64 bits
public record Descriptor(long low, long high) {
    /// Bytes of a descriptor.
    public static final int BYTES = 16;

    static final int CONTEXT = 1;
    static final int IOTLB = 2;
    static final int DEVICE_TLB = 3;
    static final int WAIT = 5;
    static final int PASID_IOTLB = 6;
    static final int PASID_CACHE = 7;
    static final int PASID_DEVICE_TLB = 8;
    static final int RESPONSE = 9;

    static final int GLOBAL = 1;
    static final int DOMAIN = 2;
    static final int SELECTED = 3;

    private static final long PAGE = 4096;
    private static final long DRAIN = 3 << 6;

    /// Forget all context entries.
    public static Descriptor contexts() {
        return new Descriptor(CONTEXT | GLOBAL << 4, 0);
    }

    /// Forget the context entries of a domain.
    public static Descriptor contexts(int domain) {
        return new Descriptor(CONTEXT | DOMAIN << 4 | (long) domain << 16, 0);
    }

    /// Forget the context entry of a device.
    public static Descriptor context(int domain, int source) {
        return new Descriptor(
                CONTEXT | SELECTED << 4 | (long) domain << 16 | (long) source << 32, 0);
    }

    /// Forget all translations, when reads and writes on their way have arrived.
    public static Descriptor translations() {
        return new Descriptor(IOTLB | GLOBAL << 4 | DRAIN, 0);
    }

    /// Forget the translations of a domain.
    public static Descriptor translations(int domain) {
        return new Descriptor(IOTLB | DOMAIN << 4 | DRAIN | (long) domain << 16, 0);
    }

    /// Forget the translations of 2^`order` pages of a domain.
    ///
    /// @param address a multiple of the range
    /// @param leavesOnly whether entries of tables have not changed
    public static Descriptor pages(int domain, long address, int order, boolean leavesOnly) {
        return new Descriptor(
                IOTLB | SELECTED << 4 | DRAIN | (long) domain << 16,
                address | (leavesOnly ? 1 << 6 : 0) | order);
    }

    /// A device is to forget translations of 2^`order` pages.
    ///
    /// @param address a multiple of the range
    public static Descriptor device(int source, long address, int order) {
        return new Descriptor(DEVICE_TLB | (long) source << 32, range(address, order, 1));
    }

    /// A device is to forget translations of 2^`order` pages of a PASID.
    ///
    /// @param address a multiple of the range
    public static Descriptor device(int source, int pasid, long address, int order) {
        return new Descriptor(
                PASID_DEVICE_TLB | (long) source << 16 | (long) pasid << 32,
                range(address, order, 1L << 11));
    }

    /// Wait until all before is done, begin nothing behind, and write `data` to `address`, a
    /// multiple of 4.
    public static Descriptor fence(int data, long address) {
        return new Descriptor(WAIT | 1 << 5 | 1 << 6 | (long) data << 32, address);
    }

    /// As [#fence], but what is behind may be begun meanwhile.
    public static Descriptor await(int data, long address) {
        return new Descriptor(WAIT | 1 << 5 | (long) data << 32, address);
    }

    /// Forget the translations of a PASID's first stage.
    public static Descriptor pasidTranslations(int domain, int pasid) {
        return new Descriptor(
                PASID_IOTLB | DOMAIN << 4 | (long) domain << 16 | (long) pasid << 32, 0);
    }

    /// Forget the translations of 2^`order` pages of a PASID's first stage.
    public static Descriptor pasidPages(
            int domain, int pasid, long address, int order, boolean leavesOnly) {
        return new Descriptor(
                PASID_IOTLB | SELECTED << 4 | (long) domain << 16 | (long) pasid << 32,
                address | (leavesOnly ? 1 << 6 : 0) | order);
    }

    /// Forget the PASID entry.
    public static Descriptor pasid(int domain, int pasid) {
        return new Descriptor(PASID_CACHE | 1 << 4 | (long) domain << 16 | (long) pasid << 32, 0);
    }

    /// Tell a device that pages it has asked for are there, or are not.
    public static Descriptor response(int source, int group, boolean success) {
        return new Descriptor(
                RESPONSE | (long) source << 16 | (success ? 0 : 1L << 12), (long) group << 3);
    }

    private static long range(long address, int order, long large) {
        return order == 0 ? address : address | large | (PAGE << order - 1) - PAGE;
    }

    int type() {
        return (int) low & 0xf;
    }

    int granularity() {
        return (int) (low >>> 4) & 3;
    }

    int domain() {
        return (int) (low >>> 16) & 0xffff;
    }

    int pasid() {
        return (int) (low >>> 32) & 0xf_ffff;
    }

    boolean drains() {
        return (low & DRAIN) != 0;
    }

    boolean leavesOnly() {
        return (high & 1 << 6) != 0;
    }

    /// Pages of an IOTLB's range, as a power of two.
    int order() {
        return (int) high & 0x3f;
    }

    long address() {
        return high & -PAGE;
    }

    /// Bytes of a device TLB's range.
    ///
    /// @param large the bit S
    long deviceBytes(long large) {
        return (high & large) == 0 ? PAGE : 2 * (~high & -PAGE & -(~high & -PAGE));
    }

    /// Bits that must be 0; all if there is no such descriptor.
    long reservedLow() {
        return switch (type()) {
            case CONTEXT -> 0xfffc_0000_0000_ffc0L;
            case IOTLB -> 0xffff_ffff_0000_ff00L;
            case DEVICE_TLB -> 0x0000_0000_ffe0_0ff0L;
            case WAIT -> 0x0000_0000_ffff_ff00L;
            case PASID_IOTLB, PASID_CACHE -> 0xfff0_0000_0000_ffc0L;
            case PASID_DEVICE_TLB -> 0x0000_0000_0000_0ff0L;
            case RESPONSE -> 0xfff0_0000_0000_0fe0L;
            default -> -1;
        };
    }

    /// As [#reservedLow], of the high word.
    long reservedHigh() {
        return switch (type()) {
            case CONTEXT, PASID_CACHE -> -1;
            case IOTLB, PASID_IOTLB -> 0xf80;
            case DEVICE_TLB -> 0xffe;
            case PASID_DEVICE_TLB -> 0x7fe;
            case WAIT -> 3;
            case RESPONSE -> ~0xff8L;
            default -> -1;
        };
    }
}
