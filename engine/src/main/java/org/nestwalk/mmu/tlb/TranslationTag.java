package org.nestwalk.mmu.tlb;

/// What a cached translation is known by, packed into a `long`: static functions on that word.
///
/// ```text
///  63            47 46  45 44                                            0
/// +----------------+------+-----------------------------------------------+
/// |    context     | size |  address without its offset, right-aligned    |
/// +----------------+------+-----------------------------------------------+
/// ```
///
/// The context is an id of [TranslationContexts]; `size` is a size code of [Translation], 0 in
/// paging-structure caches. No size is 3, so a tag is never
/// [org.nestwalk.mmu.sets.SetAssociative#INVALID]. Addresses are linear ones of at most 57 bits or
/// guest-physical ones of at most 52.
public final class TranslationTag {
    /// The number of contexts that a tag can tell apart.
    static final int MAX_CONTEXTS = 1 << 17;

    private static final long ADDRESS = (1L << 57) - 1;
    private static final int CONTEXT_SHIFT = 47;
    private static final int SIZE_SHIFT = 45;
    private static final long NUMBER = (1L << SIZE_SHIFT) - 1;

    private TranslationTag() {}

    /// The tag of page or region `number` of size `size` in `context`.
    public static long of(long number, int size, int context) {
        return ((long) context << CONTEXT_SHIFT) | ((long) size << SIZE_SHIFT) | number;
    }

    /// The tag of the 4-KiB page around `address` in `context`.
    public static long of(long address, int context) {
        return of(number(address, 12), Translation.SIZE_4K, context);
    }

    /// The number of the region of `1 << shift` bytes around `address`; not negative.
    public static long number(long address, int shift) {
        return (address & ADDRESS) >>> shift;
    }

    /// The number in a tag.
    public static long number(long tag) {
        return tag & NUMBER;
    }

    /// The address of the 4-KiB page that a tag of size 0 is of, its highest bits clear.
    public static long address(long tag) {
        return number(tag) << 12;
    }

    /// The size code in a tag.
    static int size(long tag) {
        return (int) (tag >>> SIZE_SHIFT) & 3;
    }

    /// The context in a tag.
    public static int context(long tag) {
        return (int) (tag >>> CONTEXT_SHIFT);
    }
}
