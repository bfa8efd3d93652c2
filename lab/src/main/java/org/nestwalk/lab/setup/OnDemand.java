package org.nestwalk.lab.setup;

/// A setup whose tables are filled page by page as the program first touches them.
abstract class OnDemand implements Setup {
    private final PageSet touched = new PageSet();

    @Override
    public final void touch(long gva) {
        if (touched.add(gva >> 12)) {
            map(gva);
        }
    }

    /// Makes sure that the 4-KiB page of `gva`, touched for the first time, is mapped; a larger
    /// page may have mapped it already.
    abstract void map(long gva);
}
