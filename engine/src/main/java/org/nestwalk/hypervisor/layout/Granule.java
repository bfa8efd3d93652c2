package org.nestwalk.hypervisor.layout;

import java.util.Arrays;
import java.util.List;
import org.nestwalk.bits.PageSize;

/// What is scattered as one piece: its pages stay beside each other.
public enum Granule {
    /// Pages of 4 KiB.
    SMALL("4K", PageSize.SIZE_4K, 1),
    /// 16 pages of 4 KiB each.
    MEDIUM("64K", PageSize.SIZE_4K, 16),
    /// Pages of 2 MiB.
    LARGE("2M", PageSize.SIZE_2M, 1);

    private final String label;
    private final PageSize page;
    private final int pages;

    Granule(String label, PageSize page, int pages) {
        this.label = label;
        this.page = page;
        this.pages = pages;
    }

    /// The name in options and reports.
    public String label() {
        return label;
    }

    /// All labels.
    public static List<String> labels() {
        return Arrays.stream(values()).map(Granule::label).toList();
    }

    /// The one with that label.
    ///
    /// @throws IllegalArgumentException if there is none
    public static Granule of(String label) {
        return Arrays.stream(values())
                .filter(one -> one.label.equals(label))
                .findFirst()
                .orElseThrow(() -> new IllegalArgumentException("no granule is called " + label));
    }

    /// The pages that map it.
    public PageSize page() {
        return page;
    }

    /// How many of them.
    public int pages() {
        return pages;
    }

    /// Its size.
    public long bytes() {
        return pages * page.bytes();
    }
}
