package org.nestwalk.traces;

/// A block of accesses in program order, in parallel arrays that are reused from block to block.
///
/// The fields are public because loops over millions of accesses read them; copy them to locals
/// before such a loop. Entries from `count` on mean nothing.
public final class TraceBlock {
    /// The capacity that suits most uses: 8192 accesses, 96 KiB.
    public static final int DEFAULT_CAPACITY = 8192;

    /// The least capacity: readers fill blocks in groups of up to this many accesses.
    public static final int MIN_CAPACITY = 256;

    /// Linear addresses of the first bytes.
    public final long[] address;

    /// Kind, size and thread of each access, packed as [AccessInfo] describes.
    public final int[] info;

    /// How many data accesses of the same trace back the one is that each depends on: 1 to 14
    /// ([org.nestwalk.bits.Access#FARTHEST]), or 0 for none, for instruction fetches, and where the
    /// trace does not know ([TraceInfo#dependence]).
    public final byte[] distance;

    /// How many accesses the block holds.
    public int count;

    /// An empty block of [#DEFAULT_CAPACITY].
    public TraceBlock() {
        this(DEFAULT_CAPACITY);
    }

    /// An empty block for `capacity` accesses, at least [#MIN_CAPACITY].
    public TraceBlock(int capacity) {
        if (capacity < MIN_CAPACITY) {
            throw new IllegalArgumentException("capacity " + capacity + " < " + MIN_CAPACITY);
        }
        address = new long[capacity];
        info = new int[capacity];
        distance = new byte[capacity];
    }

    /// How many accesses fit.
    public int capacity() {
        return address.length;
    }

    /// Appends one access that depends on none; the caller has checked that it fits.
    public void add(long address, int info) {
        add(address, info, 0);
    }

    /// Appends one access that depends on the data access `distance` before; the caller has checked
    /// that it fits.
    public void add(long address, int info, int distance) {
        int n = count;
        this.address[n] = address;
        this.info[n] = info;
        this.distance[n] = (byte) distance;
        count = n + 1;
    }

    /// Whether another access fits.
    public boolean hasRoom() {
        return count < address.length;
    }
}
