package org.nestwalk.traces.nwt;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.nestwalk.traces.format.LittleEndian;

/// What a header or footer says, as pairs of text in order; a key may occur several times.
///
/// ```text
///  byte 0          3 4       5
/// +-----------------+---------+-----------+----------------+-------------+----
/// | number of pairs | key len | key UTF-8 | value len (u32)| value UTF-8 | ...
/// +-----------------+---------+-----------+----------------+-------------+----
/// ```
final class KeyValues {
    private record Pair(String key, String value) {}

    private final List<Pair> pairs = new ArrayList<>();

    /// Adds a pair; a null value adds nothing.
    KeyValues add(String key, @Nullable String value) {
        if (value != null) {
            pairs.add(new Pair(key, value));
        }
        return this;
    }

    /// The first value of `key`, or null.
    @Nullable String get(String key) {
        List<String> values = all(key);
        return values.isEmpty() ? null : values.getFirst();
    }

    /// All values of `key`, in order.
    List<String> all(String key) {
        return pairs.stream().filter(p -> p.key.equals(key)).map(Pair::value).toList();
    }

    /// Appends all pairs to `out`.
    void encode(ByteSink out) {
        out.i32(pairs.size());
        for (Pair pair : pairs) {
            out.u16(pair.key.getBytes(StandardCharsets.UTF_8).length);
            out.text(pair.key);
            out.i32(pair.value.getBytes(StandardCharsets.UTF_8).length);
            out.text(pair.value);
        }
    }

    /// Reads pairs from the start of `bytes` and appends them here; returns the index after them.
    int decode(byte[] bytes) {
        int count = LittleEndian.i32(bytes, 0);
        int at = 4;
        for (int i = 0; i < count; i++) {
            int keyLength = LittleEndian.u16(bytes, at);
            String key = text(bytes, at + 2, keyLength);
            at += 2 + keyLength;
            int valueLength = LittleEndian.i32(bytes, at);
            add(key, text(bytes, at + 4, valueLength));
            at += 4 + valueLength;
        }
        return at;
    }

    private static String text(byte[] bytes, int at, int length) {
        return new String(bytes, at, length, StandardCharsets.UTF_8);
    }
}
