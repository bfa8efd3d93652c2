package org.nestwalk.lab.migration.wire;

import java.util.EnumSet;
import java.util.Set;

/// How a page is written on the wire. All but [#PLAIN] are switches that both sides have to want.
public enum PageEncoding {
    /// As it is, 4096 bytes.
    PLAIN(0, "plain", "as they are"),
    /// All zeroes, no bytes.
    ZERO(1, "zero", "pages of zeroes without their contents"),
    /// What differs from the version that was sent last.
    DELTA(2, "delta", "what has changed since the page was sent last"),
    /// A frame of zstd, of pages that shrink.
    ZSTD(3, "zstd", "pages that shrink, packed");

    private static final PageEncoding[] ALL = values();

    private final int code;
    private final String label;
    private final String meaning;

    PageEncoding(int code, String label, String meaning) {
        this.code = code;
        this.label = label;
        this.meaning = meaning;
    }

    /// As users write it.
    public String label() {
        return label;
    }

    /// One phrase.
    public String meaning() {
        return meaning;
    }

    /// The switches of `encodings` as bits, by their places here.
    static int bits(Set<PageEncoding> encodings) {
        int bits = 0;
        for (PageEncoding encoding : encodings) {
            bits |= 1 << encoding.code;
        }
        return bits & ~1;
    }

    /// Those of `bits` that are known here, and [#PLAIN].
    static Set<PageEncoding> of(int bits) {
        Set<PageEncoding> set = EnumSet.of(PLAIN);
        for (PageEncoding encoding : ALL) {
            if ((bits >> encoding.code & 1) != 0) {
                set.add(encoding);
            }
        }
        return set;
    }

    /// Its number on the wire, from 0.
    int code() {
        return code;
    }

    /// The encoding of number `code`, 0 to 3.
    static PageEncoding at(int code) {
        return ALL[code];
    }
}
