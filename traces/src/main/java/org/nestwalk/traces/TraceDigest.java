package org.nestwalk.traces;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import org.nestwalk.traces.tasks.Beside;

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
///
/// Accesses are hashed beside the caller, a batch behind, so that it goes on meanwhile.
public final class TraceDigest {
    private static final int RECORD = 12;
    private static final int RECORD_WITH_DISTANCE = 13;
    private static final int BATCH = 8192;
    private static final byte[] NONE = {};
    private static final VarHandle LONGS =
            MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.LITTLE_ENDIAN);
    private static final VarHandle INTS =
            MethodHandles.byteArrayViewVarHandle(int[].class, ByteOrder.LITTLE_ENDIAN);

    private final MessageDigest sha = sha256();
    private final Beside hashing = new Beside();
    private final boolean dependence;
    private byte[] buffer = new byte[BATCH * RECORD_WITH_DISTANCE];
    private byte[] other = NONE;
    private int used;

    /// Of no accesses yet.
    ///
    /// @param dependence whether the trace says which accesses depend on which
    public TraceDigest(boolean dependence) {
        this.dependence = dependence;
    }

    /// Adds accesses `from` up to, not including, `to` of a block.
    public void update(TraceBlock block, int from, int to) {
        int record = dependence ? RECORD_WITH_DISTANCE : RECORD;
        for (int start = from; start < to; ) {
            int room = BATCH - used / record;
            int end = Math.min(to, start + room);
            append(block, start, end, record);
            if (end - start == room) {
                hash();
            }
            start = end;
        }
    }

    private void append(TraceBlock block, int from, int to, int record) {
        byte[] bytes = buffer;
        long[] address = block.address;
        int[] info = block.info;
        byte[] distance = block.distance;
        int at = used;
        for (int i = from; i < to; i++) {
            LONGS.set(bytes, at, address[i]);
            INTS.set(bytes, at + 8, info[i]);
            // Overwritten by the next record where distances are none of it.
            bytes[at + RECORD] = distance[i];
            at += record;
        }
        used = at;
    }

    /// Hands the full buffer over to be hashed, and goes on with the other one.
    private void hash() {
        byte[] full = buffer;
        int size = used;
        hashing.run(() -> sha.update(full, 0, size));
        // The task before has ended, and with it the use of the other buffer.
        buffer = other.length == 0 ? new byte[full.length] : other;
        other = full;
        used = 0;
    }

    /// The digest so far, as 64 hexadecimal digits; ends this object's use.
    public String finish() {
        hashing.await();
        sha.update(buffer, 0, used);
        used = 0;
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
