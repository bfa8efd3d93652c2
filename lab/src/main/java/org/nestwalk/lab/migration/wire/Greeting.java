package org.nestwalk.lab.migration.wire;

import java.nio.ByteBuffer;
import java.util.EnumSet;
import java.util.Set;
import java.util.zip.CRC32C;
import org.nestwalk.hypervisor.migration.live.BrokenWireException;

/// What both sides say first, in plain bytes that never change their places, so that every version
/// can tell every other which one it is.
///
/// @param role of who says it
/// @param postCopy whether the guest may go on over there before its memory is there
/// @param encodings of pages that may be used; what both want is
/// @param cachePages of which the last version is kept for deltas, 0 or a power of two
/// @param channels for pages, 1 to 16; 1 for none beside this connection
public record Greeting(
        Role role, boolean postCopy, Set<PageEncoding> encodings, int cachePages, int channels) {
    /// The most channels for pages.
    public static final int MOST_CHANNELS = 16;

    /// The most pages that either side keeps for deltas, 256 MiB.
    public static final int MOST_CACHED = 1 << 16;

    /// Its length.
    static final int BYTES = 28;

    private static final int VERSION_AT = 8;
    private static final int CRC_AT = 24;
    private static final int TLS_HANDSHAKE = 0x16;
    private static final int TLS_ALERT = 0x15;

    /// With no channels beside this connection.
    public Greeting(Role role, boolean postCopy, Set<PageEncoding> encodings, int cachePages) {
        this(role, postCopy, encodings, cachePages, 1);
    }

    /// Copies the set.
    public Greeting {
        encodings = Set.copyOf(encodings);
    }

    /// What both `this` and `other` want, as `this` would say it.
    Greeting with(Greeting other) {
        Set<PageEncoding> both = EnumSet.of(PageEncoding.PLAIN);
        both.addAll(encodings);
        both.retainAll(other.encodings);
        return new Greeting(
                role,
                postCopy || other.postCopy,
                both,
                Math.min(cachePages, other.cachePages),
                Math.min(channels, other.channels));
    }

    /// Appends it to `out`, little-endian.
    void put(ByteBuffer out) {
        int start = out.position();
        out.putLong(WireFormat.MAGIC).putInt(WireFormat.VERSION);
        out.put((byte) role.code()).put((byte) (postCopy ? 1 : 0)).putShort((short) channels);
        out.putInt(PageEncoding.bits(encodings)).putInt(cachePages);
        out.putInt(WireFormat.crc(new CRC32C(), out, start, start + CRC_AT));
    }

    /// Whether what has come, up to the position of `in`, begins as no greeting does.
    static boolean isForeign(ByteBuffer in) {
        return in.position() >= Long.BYTES && in.getLong(0) != WireFormat.MAGIC;
    }

    /// The greeting of the other side, which is to be `expected`.
    ///
    /// @param in [#BYTES] bytes, or fewer if no more came
    /// @throws BrokenWireException if it is none that can be talked to
    static Greeting get(ByteBuffer in, Role expected, String peer) {
        int start = in.position();
        int length = in.remaining();
        int first = length < 1 ? 0 : in.get(start);
        boolean tls = first == TLS_HANDSHAKE || first == TLS_ALERT;
        if (tls && length > 1 && in.get(start + 1) == 3) {
            throw new BrokenWireException(
                    "%s speaks TLS, and this side does not; give both certificates, or neither"
                            .formatted(peer));
        }
        if (length >= Long.BYTES && in.getLong(start) != WireFormat.MAGIC) {
            throw new BrokenWireException(
                    "%s is no Nestwalk that migrates: it says something else".formatted(peer));
        }
        if (length < BYTES) {
            throw new BrokenWireException("%s has gone without a greeting".formatted(peer));
        }
        int version = in.getInt(start + VERSION_AT);
        if (version != WireFormat.VERSION) {
            throw new BrokenWireException(
                    "%s speaks version %s of the protocol, and this side version %d; use the same Nestwalk on both"
                            .formatted(
                                    peer, Integer.toUnsignedString(version), WireFormat.VERSION));
        }
        if (WireFormat.crc(new CRC32C(), in, start, start + CRC_AT) != in.getInt(start + CRC_AT)) {
            throw new BrokenWireException("the greeting of %s is damaged".formatted(peer));
        }
        in.position(start + VERSION_AT + Integer.BYTES);
        int role = in.get();
        int flags = in.get();
        int channels = in.getShort();
        int bits = in.getInt();
        int cachePages = in.getInt();
        in.position(start + BYTES);
        if (role == expected.other().code()) {
            throw new BrokenWireException(
                    "%s %s; one side runs vm receive, the other vm migrate"
                            .formatted(
                                    peer,
                                    expected == Role.TARGET
                                            ? "sends a guest, too"
                                            : "waits for a guest, too"));
        }
        if (role != expected.code()
                || (flags & ~1) != 0
                || channels < 1
                || channels > MOST_CHANNELS
                || cachePages < 0
                || cachePages > MOST_CACHED
                || (cachePages & cachePages - 1) != 0) {
            throw new BrokenWireException(
                    "the greeting of %s asks for what no Nestwalk does".formatted(peer));
        }
        return new Greeting(expected, flags == 1, PageEncoding.of(bits), cachePages, channels);
    }
}
