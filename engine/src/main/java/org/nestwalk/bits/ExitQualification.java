package org.nestwalk.bits;

/// The exit qualification of an EPT violation.
///
/// ```text
///  11 10  9  8  7  6  5  4  3  2  1  0
/// +--+--+--+--+--+--+--+--+--+--+--+--+
/// |XD|RW|US|F |L |XU|X |W |R |fe|wr|rd|
/// +--+--+--+--+--+--+--+--+--+--+--+--+
/// ```
///
/// rd, wr, fe: the access was a read, a write, a fetch. R, W, X, XU: the AND of that permission
/// over the EPT entries used. L: the guest linear address is valid. F: the access was to the final
/// translation of that linear address, not to a guest table. US, RW, XD: the linear address is a
/// user page, is writable, is not executable (with advanced information, when L and F are set).
///
/// Source: Intel SDM volume 3C, table 27-7 (2016 edition).
public final class ExitQualification {
    /// The access was a data read.
    public static final long READ = 1;

    /// The access was a data write.
    public static final long WRITE = 1L << 1;

    /// The access was an instruction fetch.
    public static final long FETCH = 1L << 2;

    /// The guest-physical address was readable.
    public static final long READABLE = 1L << 3;

    /// The guest-physical address was writable.
    public static final long WRITABLE = 1L << 4;

    /// The guest-physical address was executable (from supervisor-mode linear addresses).
    public static final long EXECUTABLE = 1L << 5;

    /// The guest-physical address was executable from user-mode linear addresses.
    public static final long USER_EXECUTABLE = 1L << 6;

    /// The guest linear address is valid.
    public static final long LINEAR_VALID = 1L << 7;

    /// The access was to the final translation of the linear address.
    public static final long FINAL = 1L << 8;

    /// Advanced information: a user-mode linear address.
    public static final long USER_PAGE = 1L << 9;

    /// Advanced information: a writable page.
    public static final long WRITABLE_PAGE = 1L << 10;

    /// Advanced information: an execute-disable page.
    public static final long NO_EXECUTE_PAGE = 1L << 11;

    private ExitQualification() {}
}
