package org.nestwalk.lab.migration.wire;

import java.util.EnumSet;
import java.util.Set;

/// How a page is written on the wire. All but [#PLAIN] are switches that both sides have to want.
public enum PageEncoding {
    /// As it is, 4096 bytes.
    PLAIN("plain", "as they are"),
    /// All zeroes, no bytes.
    ZERO("zero", "pages of zeroes without their contents"),
    /// What differs from the version that was sent last.
    DELTA("delta", "what has changed since the page was sent last"),
    /// A frame of zstd, of pages that shrink.
    ZSTD("zstd", "pages that shrink, packed");

    private static final PageEncoding[] ALL = values();

    private final String label;
    private final String meaning;

    PageEncoding(String label, String meaning) {
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
            bits |= 1 << encoding.ordinal();
        }
        return bits & ~1;
    }

    /// Those of `bits` that are known here, and [#PLAIN].
    static Set<PageEncoding> of(int bits) {
        Set<PageEncoding> set = EnumSet.of(PLAIN);
        for (PageEncoding encoding : ALL) {
            if ((bits >> encoding.ordinal() & 1) != 0) {
                set.add(encoding);
            }
        }
        return set;
    }

    /// The encoding at place `code`, 0 to 3.
    static PageEncoding at(int code) {
        return ALL[code];
    }
}
