package org.nestwalk.lab.labs.encryption;

/// What a hypervisor does to the memory of a virtual machine.
public enum Attack {
    /// Looks for the guest's words in its frames.
    READ("read its memory"),

    /// Compares what a page holds with what it held when the guest had written the same before.
    COMPARE_TIMES("compare a page with itself, later"),

    /// Compares two pages in which the guest has written the same.
    COMPARE_PAGES("compare two equal pages"),

    /// Has another virtual machine map a frame, and read it.
    FOREIGN_GUEST("map it into another VM"),

    /// Writes a value of its own.
    OVERWRITE("overwrite a word"),

    /// Writes back what was in the same frame before.
    REPLAY("replay old memory in place"),

    /// Copies a frame over another one.
    MOVE("copy one page's memory over another's"),

    /// Exchanges the mappings of two pages.
    SWAP("swap the mappings of two pages"),

    /// Maps two pages to one frame.
    ALIAS("map two pages to one frame"),

    /// Takes a frame away, replays old memory in it, and gives it back for the same page.
    REASSIGN("take a frame, replay, give it back"),

    /// Maps a page to a new frame with a copy of its memory.
    REPLACE("give a page another frame, with a copy");

    private final String label;

    Attack(String label) {
        this.label = label;
    }

    /// Its name in reports.
    public String label() {
        return label;
    }
}
