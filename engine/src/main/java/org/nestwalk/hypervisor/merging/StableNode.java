package org.nestwalk.hypervisor.merging;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// Pages that were found to hold the same and were merged, and the checksum of what they held. Any
/// of them may have been written since, which nobody tells.
final class StableNode {
    private final long checksum;
    private final List<ScannedPage> pages = new ArrayList<>();
    private ContentTree.@Nullable Place<StableNode> place;

    StableNode(long checksum) {
        this.checksum = checksum;
    }

    long checksum() {
        return checksum;
    }

    void add(ScannedPage page) {
        pages.add(page);
        page.setNode(this);
    }

    void remove(ScannedPage page) {
        pages.remove(page);
        page.setNode(null);
    }

    int size() {
        return pages.size();
    }

    boolean isEmpty() {
        return pages.isEmpty();
    }

    ScannedPage first() {
        return pages.getFirst();
    }

    /// The one after [#first], or null.
    @Nullable ScannedPage second() {
        return pages.size() > 1 ? pages.get(1) : null;
    }

    /// Where it is in the stable tree; nowhere if it is full, or that of zeroes.
    ContentTree.@Nullable Place<StableNode> place() {
        return place;
    }

    void setPlace(ContentTree.@Nullable Place<StableNode> place) {
        this.place = place;
    }
}
