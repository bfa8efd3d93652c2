package org.nestwalk.traces;

/// What a trace says of one access besides its address, packed into an `int`.
///
/// ```text
///  31                      18 17  16 15                              0
/// +--------------------------+------+---------------------------------+
/// |     thread index         | kind |        size in bytes            |
/// +--------------------------+------+---------------------------------+
/// ```
///
/// `kind` is one of the constants of [org.nestwalk.bits.Access]. Threads are numbered from 0 in the
/// order in which the trace first mentions them.
public final class AccessInfo {
    /// The largest size in bytes that can be packed: 65535.
    public static final int MAX_SIZE = 0xFFFF;

    /// The largest thread index that can be packed: 16383.
    public static final int MAX_THREAD = 0x3FFF;

    private static final int KIND_SHIFT = 16;
    private static final int THREAD_SHIFT = 18;

    private AccessInfo() {}

    /// Packs a kind (0 to 3), a size in bytes (0 to [#MAX_SIZE]) and a thread index (0 to
    /// [#MAX_THREAD]); the caller keeps the bounds.
    public static int pack(int kind, int size, int thread) {
        return (thread << THREAD_SHIFT) | (kind << KIND_SHIFT) | size;
    }

    /// The kind: LOAD, STORE, FETCH or MODIFY of [org.nestwalk.bits.Access].
    public static int kind(int info) {
        return (info >>> KIND_SHIFT) & 3;
    }

    /// The size in bytes.
    public static int size(int info) {
        return info & MAX_SIZE;
    }

    /// The thread index.
    public static int thread(int info) {
        return info >>> THREAD_SHIFT;
    }

    /// The same kind and size in another thread.
    public static int withThread(int info, int thread) {
        return withoutThread(info) | (thread << THREAD_SHIFT);
    }

    /// The same kind and size in thread 0.
    public static int withoutThread(int info) {
        return info & ((1 << THREAD_SHIFT) - 1);
    }
}
