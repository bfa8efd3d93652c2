package org.nestwalk.lab.labs.doublecaching;

/// Something that is not a factor of the experiment, and biases what it finds if it is let in.
enum Confounder {
    /// Nothing: each observation has a guest of its own, pages are read one by one, memory is
    /// backed by 4K pages.
    NOTHING("none"),
    /// The guest reads ahead: pages that nobody asks for take frames, too.
    READAHEAD("readahead"),
    /// The host backs memory by 2M pages: one fault for 512 fresh frames.
    LARGE_PAGES("large pages"),
    /// The guest gives free frames back (a balloon, or free-page reporting): frames that were in
    /// use are not backed any more.
    REPORTING("free-page reporting"),
    /// Frames that are called fresh have been in use before.
    RECYCLED("recycled frames"),
    /// All observations of a replicate are made by one guest, one after the other in the order of
    /// cells, fresh frames first, so that what one leaves is there for the next.
    ONE_GUEST("one guest, fixed order");

    private final String label;

    Confounder(String label) {
        this.label = label;
    }

    String label() {
        return label;
    }
}
