package org.nestwalk.lab.setup;

import org.nestwalk.memory.FlatMemory;
import org.nestwalk.memory.PhysicalMemory;

/// A setup whose tables are filled page by page as the program first touches them.
abstract class OnDemand implements Setup {
    /// Holds the tables.
    final FlatMemory memory;

    private final PageSet touched = new PageSet();

    OnDemand(SetupContext context) {
        this.memory = context.newTableMemory();
    }

    @Override
    public final PhysicalMemory tableMemory() {
        return memory;
    }

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
