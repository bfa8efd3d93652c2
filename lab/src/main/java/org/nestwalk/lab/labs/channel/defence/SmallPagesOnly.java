package org.nestwalk.lab.labs.channel.defence;

/// All memory is mapped by 4-KiB pages, so that there is no page size to tell. Which entries are
/// cached still shows.
public record SmallPagesOnly() implements Defence {
    @Override
    public Kind kind() {
        return Kind.SMALL_PAGES;
    }

    @Override
    public String name() {
        return "4K pages only";
    }

    @Override
    public boolean smallPagesOnly() {
        return true;
    }

    @Override
    public double cyclesOf(ProgramCosts costs) {
        return costs.small().cycles();
    }
}
