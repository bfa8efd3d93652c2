package org.nestwalk.traces;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;

/// The SHA-256 of a sequence of accesses, each hashed as 12 or 13 bytes.
///
/// ```text
///  byte 0                              7 8               11
/// +-------------------------------------+-------------------+
/// |       address, little-endian        | info, little-end. |
/// +-------------------------------------+-------------------+
/// ```
///
/// The address is the full 64-bit linear address and `info` the word that [AccessInfo] describes.
/// Where the trace says which accesses depend on which, a 13th byte is the distance
/// ([TraceBlock#distance]): what it says decides times.
public final class TraceDigest {
    private static final int RECORD = 12;
    private static final int RECORD_WITH_DISTANCE = 13;
    private static final int BATCH = 1024;
    private static final VarHandle LONGS =
            MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.LITTLE_ENDIAN);
    private static final VarHandle INTS =
            MethodHandles.byteArrayViewVarHandle(int[].class, ByteOrder.LITTLE_ENDIAN);

    private final MessageDigest sha = sha256();
    private final byte[] buffer = new byte[BATCH * RECORD_WITH_DISTANCE];
    private final boolean dependence;

    /// Of no accesses yet.
    ///
    /// @param dependence whether the trace says which accesses depend on which
    public TraceDigest(boolean dependence) {
        this.dependence = dependence;
    }

    /// Adds accesses `from` up to, not including, `to` of a block.
    public void update(TraceBlock block, int from, int to) {
        byte[] bytes = buffer;
        long[] address = block.address;
        int[] info = block.info;
        byte[] distance = block.distance;
        int record = dependence ? RECORD_WITH_DISTANCE : RECORD;
        for (int start = from; start < to; start += BATCH) {
            int end = Math.min(to, start + BATCH);
            int at = 0;
            for (int i = start; i < end; i++) {
                LONGS.set(bytes, at, address[i]);
                INTS.set(bytes, at + 8, info[i]);
                // Overwritten by the next record where distances are none of it.
                bytes[at + RECORD] = distance[i];
                at += record;
            }
            sha.update(bytes, 0, at);
        }
    }

    /// The digest so far, as 64 hexadecimal digits; ends this object's use.
    public String finish() {
        return HexFormat.of().formatHex(sha.digest());
    }

    /// A new SHA-256, which every JDK has.
    public static MessageDigest sha256() {
        try {
            return MessageDigest.getInstance("SHA-256");
        } catch (NoSuchAlgorithmException e) {
            throw new AssertionError(e);
        }
    }
}
