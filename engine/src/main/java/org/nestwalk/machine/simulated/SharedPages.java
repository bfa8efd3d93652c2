package org.nestwalk.machine.simulated;

import org.nestwalk.bits.PageSize;
import org.nestwalk.machine.Cost;
import org.nestwalk.machine.ExitPart;
import org.nestwalk.machine.GuestFailure;
import org.nestwalk.machine.RightsClaim;
import org.nestwalk.machine.SecondLevelMap;
import org.nestwalk.machine.SoftwareCosts;
import org.nestwalk.machine.Verdict;
import org.nestwalk.machine.VirtualCpu;
import org.nestwalk.machine.VirtualMachine;
import org.nestwalk.machine.VmExit;
import org.nestwalk.machine.exit.ExitChain;
import org.nestwalk.machine.exit.RightsClaims;
import org.nestwalk.machine.simulated.host.FrameOwners;
import org.nestwalk.machine.simulated.host.HostFrames;
import org.nestwalk.memory.FlatMemory;

/// The pages of one virtual machine whose frames back other pages, too, and may not be written
/// therefore: one more part of its hypervisor, with a claim that withholds writing on them. A write
/// that the claim refuses makes the page private within the exit.
///
/// The claim is on every page that is shared, and on those whose frames have become theirs alone
/// since: nobody looks for the last owner of a frame, who finds out at the next write, and then
/// writes in place. After freezing it is on everything, for each page may be one that an heir has
/// not looked at yet ([InheritedPages]). A page that is backed afresh is free of it, and it is on
/// all of a large page or none of it, even where other claims hide the difference.
///
/// Used alone (see [org.nestwalk.machine.simulated.host.World]).
final class SharedPages implements ExitPart {
    private static final int READ_ONLY = SecondLevelMap.READ | SecondLevelMap.EXECUTE;
    private static final long SMALL = PageSize.SIZE_4K.bytes();

    private final VmContext vm;
    private final SecondLevelTables tables;
    private final HostFrames host;
    private final FlatMemory memory;
    private final RightsClaims claims;
    private final RightsClaim claim;
    private boolean whole;

    /// Nothing is shared.
    SharedPages(VmContext vm, SecondLevelTables tables, RightsClaims claims) {
        this.vm = vm;
        this.tables = tables;
        this.host = vm.host().frames();
        this.memory = host.contents();
        this.claims = claims;
        this.claim = claims.open(this);
    }

    /// Whether a write copies all of a large page, if there is a block for that.
    void copyWhole(boolean whole) {
        this.whole = whole;
    }

    /// Those of another virtual machine of the same host.
    ///
    /// @throws IllegalArgumentException if it is none
    SharedPages of(VirtualMachine other) {
        if (other.secondLevel() instanceof SecondLevelTables theirs
                && theirs.shared().host == host) {
            return theirs.shared();
        }
        throw new IllegalArgumentException("another machine's");
    }

    /// [SecondLevelMap#sharesWith].
    boolean sharesWith(long gpa, SharedPages with, long withGpa) {
        long hpa = tables.hostAddress(gpa & -SMALL);
        return hpa != -1 && hpa == with.tables.hostAddress(withGpa & -SMALL);
    }

    /// What may be done with the page of `gpa` as far as sharing goes.
    int allowed(long gpa) {
        return claim.allowed(gpa);
    }

    /// Whether the pages of a range have different rights, but for being shared.
    boolean differOtherwise(long gpa, long bytes) {
        return claims.allowedBut(claim, gpa, bytes) == RightsClaims.MIXED;
    }

    /// How many pages the frame that backs `gpa` backs; 0 if none does.
    int owners(long gpa) {
        long hpa = tables.hostAddress(gpa);
        if (hpa != -1) {
            return host.owners().pages(hpa);
        }
        long inherited = tables.inherited().lookup(gpa);
        return inherited == -1 ? 0 : host.owners().pages(inherited) + 1;
    }

    /// All pages may be somebody else's, too, from now on: no page is written before that has been
    /// looked into.
    void withholdAll() {
        long bytes = vm.settings().memoryBytes();
        requireReadable(vm);
        boolean _ = claims.note(claim, 0, bytes, READ_ONLY);
        tables.claimed().changed(0, bytes, SecondLevelMap.WRITE);
    }

    /// [SecondLevelMap#share].
    boolean share(long gpa, SharedPages from, long fromGpa, PageSize size) {
        requireReadable(vm);
        requireReadable(from.vm);
        long page = gpa & ~size.offsetMask();
        long other = fromGpa & ~size.offsetMask();
        boolean _ = from.tables.inherited().take(other);
        if (!tables.isFree(page, size)
                || from.tables.pins().isPinned(other, size.bytes())
                || !from.offer(other, size)) {
            return false;
        }
        tables.inherited().beforeChange(page, size.bytes());
        map(page, from, other, size);
        tables.trackers().written(page, size.bytes());
        return true;
    }

    /// Maps the page of `size` at `page`, which it inherits, to what backs that of `from`. The
    /// guest finds there what it had before.
    void adopt(long page, SharedPages from, PageSize size) {
        if (!from.offer(page, size)) {
            throw new IllegalStateException("nothing to inherit at %x".formatted(page));
        }
        map(page, from, page, size);
    }

    private void map(long page, SharedPages from, long other, PageSize size) {
        long hpa = from.tables.hostAddress(other);
        boolean _ = claims.note(claim, page, size.bytes(), READ_ONLY);
        boolean mapped = false;
        try {
            tables.put(page, hpa, size);
            mapped = true;
        } finally {
            if (!mapped) {
                forget(page, size.bytes());
            }
        }
        host.share(hpa, size, vm.id(), page);
        tables.sizes().backed(page, size);
    }

    /// [SecondLevelMap#merge].
    boolean merge(long gpa, SharedPages with, long withGpa) {
        requireReadable(vm);
        requireReadable(with.vm);
        long page = gpa & -SMALL;
        long other = withGpa & -SMALL;
        if (!tables.isMapped(page)
                || !with.tables.isMapped(other)
                || tables.pins().isPinned(page, SMALL)
                || with.tables.pins().isPinned(other, SMALL)) {
            return false;
        }
        vm.interruptTransactions();
        with.vm.interruptTransactions();
        vm.chargeScan(1, 2);
        if (sharesWith(page, with, other) || !isSame(page, with, other)) {
            return false;
        }
        tables.sizes().splitTo(page, PageSize.SIZE_4K);
        if (!with.offer(other, PageSize.SIZE_4K)) {
            return false;
        }
        long hpa = with.tables.hostAddress(other);
        host.share(hpa, PageSize.SIZE_4K, vm.id(), page);
        replace(page, PageSize.SIZE_4K, hpa, READ_ONLY);
        return true;
    }

    private boolean isSame(long page, SharedPages with, long other) {
        long one = tables.hostAddress(page);
        long two = with.tables.hostAddress(other);
        for (long offset = 0; offset < SMALL; offset += Long.BYTES) {
            if (memory.read(one + offset) != memory.read(two + offset)) {
                return false;
            }
        }
        return true;
    }

    private static void requireReadable(VmContext vm) {
        if (vm.protection().isEncrypted()) {
            throw new UnsupportedOperationException(
                    "%s: encrypted memory cannot be shared, since it means nothing under another key or elsewhere"
                            .formatted(vm.settings().name()));
        }
    }

    /// Makes a page one of `size` that can be shared: nobody may write to it any more. Returns
    /// false if there is none so large.
    private boolean offer(long page, PageSize size) {
        if (tables.table().leafLevel(page) < size.level()) {
            return false;
        }
        tables.sizes().splitTo(page, size);
        if (claim.allowed(page) != READ_ONLY) {
            claims.note(claim, page, size.bytes(), READ_ONLY);
            tables.claimed().changed(page, size.bytes(), SecondLevelMap.WRITE);
        }
        return true;
    }

    @Override
    public Verdict handle(VirtualCpu cpu, VmExit exit) {
        return switch (exit) {
            case VmExit.WriteTrap trap -> {
                requirePrivate(trap.gpa());
                yield Verdict.RESUME;
            }
            case VmExit.Violation violation when !violation.mapped() ->
                    tables.inherited().take(violation.gpa()) ? Verdict.RESUME : Verdict.NOT_MINE;
            default -> Verdict.NOT_MINE;
        };
    }

    /// Makes the page around `gpa` private, since it is written.
    ///
    /// @throws GuestFailure if the host has no memory for a copy; nothing has changed then
    void requirePrivate(long gpa) {
        if (!makePrivate(gpa)) {
            throw new GuestFailure(
                    VmExit.Cause.HOST_OUT_OF_MEMORY,
                    "the host has no memory left to copy a shared page that is written");
        }
    }

    /// [SecondLevelMap#unshare].
    boolean makePrivate(long gpa) {
        if (!tables.isMapped(gpa) || claim.allowed(gpa) != READ_ONLY) {
            return true;
        }
        int level = tables.table().leafLevel(gpa);
        PageSize size = PageSize.ofLevel(level);
        long first = gpa & ~size.offsetMask();
        tables.inherited().beforeChange(first, size.bytes());
        if (!host.isShared(tables.hostAddress(first), size)) {
            release(first, size.bytes());
            return true;
        }
        if (level > 1 && whole && !differOtherwise(first, size.bytes()) && copy(first, size)) {
            return true;
        }
        long page = gpa & -SMALL;
        if (!host.isShared(tables.hostAddress(page), PageSize.SIZE_4K)) {
            tables.sizes().splitTo(page, PageSize.SIZE_4K);
            release(page, SMALL);
            return true;
        }
        return copy(page, PageSize.SIZE_4K);
    }

    /// Backs the page at `page` if it is not, and makes it private.
    ///
    /// @param parts of the hypervisor, which may keep it elsewhere
    /// @return false if the host has no memory for that
    boolean prepare(long page, ExitChain parts) {
        if (tables.pageSize(page) == null) {
            parts.bringBack(page);
        }
        return (tables.isMapped(page) || tables.populate(page, PageSize.SIZE_4K))
                && makePrivate(page);
    }

    /// Gives `heir`, which has just inherited all pages, a copy of that at `page`: devices go on
    /// writing to this one.
    void copyTo(SharedPages heir, long page) {
        boolean _ = heir.tables.isMapped(page);
        heir.requirePrivate(page);
        release(page, SMALL);
    }

    /// Gives the shared page of `size` at `page` a copy of its own. Returns false if the host has
    /// no memory for that.
    private boolean copy(long page, PageSize size) {
        long to = host.take(size, vm.node(), FrameOwners.PAGE, vm.id(), page);
        if (to == -1) {
            return false;
        }
        boolean split = false;
        try {
            tables.sizes().splitTo(page, size);
            split = true;
        } finally {
            if (!split) {
                host.give(to, HostFrames.order(size));
            }
        }
        vm.interruptTransactions();
        long from = tables.hostAddress(page);
        for (long offset = 0; offset < size.bytes(); offset += SMALL) {
            memory.copyFrame(from + offset, to + offset);
        }
        SoftwareCosts costs = vm.costs();
        vm.charge(Cost.HOST_COPYING, size.bytes() / SMALL * costs.copying());
        replace(page, size, to, SecondLevelMap.ALL);
        return true;
    }

    /// Has the page of `size` at `page` backed by the block at `to`, which is counted as such
    /// already, and gives up the old one, when nobody can have it cached any more.
    ///
    /// @param allowed what sharing allows on the page then
    private void replace(long page, PageSize size, long to, int allowed) {
        long from = tables.hostAddress(page);
        claims.note(claim, page, size.bytes(), allowed);
        tables.claimed().replace(page, size, from, to);
        vm.charge(Cost.BACKING, vm.costs().mapping());
        vm.shootdown().retire(() -> host.drop(from, size, vm.id(), page));
        vm.flush(page, size.bytes());
    }

    /// Sharing withholds nothing on a range any more: nothing in it is shared.
    void release(long gpa, long bytes) {
        if (forget(gpa, bytes)) {
            tables.claimed().changed(gpa, bytes, SecondLevelMap.WRITE);
        }
    }

    /// A range is not backed any more. Returns whether the claim was on part of it.
    boolean forget(long gpa, long bytes) {
        return claims.note(claim, gpa, bytes, SecondLevelMap.ALL);
    }
}
