package org.nestwalk.lab.migration.wire;

import java.util.Set;
import javax.net.ssl.SSLContext;
import org.jspecify.annotations.Nullable;

/// What a side wants of its connections.
///
/// @param encodings of pages that it would use
/// @param cachePages of which it would keep the last version for deltas, a power of two
/// @param channels for pages, 1 to 16
/// @param tls by which both sides prove who they are; null for neither
/// @param limits of what the other side can make it allocate, and wait
public record WireSettings(
        Set<PageEncoding> encodings,
        int cachePages,
        int channels,
        @Nullable SSLContext tls,
        WireLimits limits) {
    /// QEMU's size of the cache, 64 MiB (`xbzrle-cache-size`).
    public static final int USUAL_CACHE = 1 << 14;

    /// For one connection.
    public WireSettings(
            Set<PageEncoding> encodings,
            int cachePages,
            @Nullable SSLContext tls,
            WireLimits limits) {
        this(encodings, cachePages, 1, tls, limits);
    }

    /// Copies the set.
    public WireSettings {
        encodings = Set.copyOf(encodings);
    }
}
