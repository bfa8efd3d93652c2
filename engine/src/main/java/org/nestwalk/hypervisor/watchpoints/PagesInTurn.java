package org.nestwalk.hypervisor.watchpoints;

/// Pages one after the other, and again from the first: every page is armed equally often, but a
/// bug that comes periodically may always come when its page is not.
public final class PagesInTurn implements PageChoice {
    private int next;

    /// From the first page.
    public PagesInTurn() {}

    @Override
    public void next(int pages, int[] armed) {
        for (int i = 0; i < armed.length; i++) {
            armed[i] = (next + i) % pages;
        }
        next = (next + armed.length) % pages;
    }
}
