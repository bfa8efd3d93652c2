package org.nestwalk.hypervisor.merging;

import org.jspecify.annotations.Nullable;
import org.nestwalk.machine.VirtualMachine;

/// A page that scanning has come to, and what it remembers of it (`struct ksm_rmap_item`).
final class ScannedPage {
    private final VirtualMachine vm;
    private final long gpa;
    private boolean seen;
    private long checksum;
    private @Nullable StableNode node;
    private ContentTree.@Nullable Place<ScannedPage> unstable;

    ScannedPage(VirtualMachine vm, long gpa) {
        this.vm = vm;
        this.gpa = gpa;
    }

    VirtualMachine vm() {
        return vm;
    }

    long gpa() {
        return gpa;
    }

    boolean isMapped() {
        return vm.secondLevel().pageSize(gpa) != null;
    }

    /// Whether the same memory backs both.
    boolean sharesWith(ScannedPage other) {
        return vm.secondLevel().sharesWith(gpa, other.vm, other.gpa);
    }

    /// Whether it holds something else than when this was last asked, or this is the first time.
    ///
    /// @param now the checksum of what it holds
    boolean changesTo(long now) {
        boolean changed = !seen || checksum != now;
        seen = true;
        checksum = now;
        return changed;
    }

    /// What it was merged into, if it was, whether it still holds that or not.
    @Nullable StableNode node() {
        return node;
    }

    void setNode(@Nullable StableNode node) {
        this.node = node;
    }

    /// Where it is in the unstable tree, if it is.
    ContentTree.@Nullable Place<ScannedPage> unstable() {
        return unstable;
    }

    void setUnstable(ContentTree.@Nullable Place<ScannedPage> place) {
        unstable = place;
    }
}
