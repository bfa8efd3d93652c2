package org.nestwalk.lab.fork;

import java.util.Arrays;
import java.util.List;
import org.nestwalk.bits.PageSize;

/// How a child gets the memory of a frozen guest, and how large the pages behind it are.
public enum ForkMethod {
    /// Pages of 4 KiB, each copied when it is first written.
    COW("cow", PageSize.SIZE_4K, false, false),
    /// Pages of 2 MiB, split by the first write, which copies 4 KiB.
    COW_SPLIT("cow-2M-split", PageSize.SIZE_2M, false, false),
    /// Pages of 2 MiB, copied as a whole by the first write.
    COW_WHOLE("cow-2M-whole", PageSize.SIZE_2M, true, false),
    /// All pages are copied before the child runs.
    EAGER("eager", PageSize.SIZE_4K, false, true);

    private final String label;
    private final PageSize backing;
    private final boolean whole;
    private final boolean eager;

    ForkMethod(String label, PageSize backing, boolean whole, boolean eager) {
        this.label = label;
        this.backing = backing;
        this.whole = whole;
        this.eager = eager;
    }

    /// As users write it.
    public String label() {
        return label;
    }

    /// The largest pages behind guests.
    public PageSize backing() {
        return backing;
    }

    /// Whether a write to a large page copies all of it.
    public boolean copiesWhole() {
        return whole;
    }

    /// Whether all is copied at once.
    public boolean isEager() {
        return eager;
    }

    /// Whether there is such a thing on KVM, where memory that is frozen is of 4-KiB pages.
    public boolean isOnKvm() {
        return backing == PageSize.SIZE_4K;
    }

    /// The labels of all.
    public static List<String> labels() {
        return Arrays.stream(values()).map(ForkMethod::label).toList();
    }

    /// The one with that label.
    public static ForkMethod of(String label) {
        return Arrays.stream(values())
                .filter(method -> method.label.equals(label))
                .findFirst()
                .orElseThrow();
    }
}
