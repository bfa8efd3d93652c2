package org.nestwalk.kvm.machine;

import org.jspecify.annotations.Nullable;
import org.nestwalk.bits.PageSize;
import org.nestwalk.kvm.sys.PageMap;
import org.nestwalk.machine.SecondLevelMap;
import org.nestwalk.machine.dirty.DirtyTrackers;
import org.nestwalk.machine.exit.ExitChain;
import org.nestwalk.machine.exit.RightsClaims;
import org.nestwalk.memory.PageSet;

/// The second level as a user of KVM changes it: by changing the mapping of the memory behind it,
/// which KVM follows (Linux `Documentation/mm/mmu_notifier.rst`).
///
/// Rights to execute cannot be withheld, and frames not chosen.
final class KvmSecondLevel implements SecondLevelMap {
    private static final long PAGE = PageSize.SIZE_4K.bytes();

    private final KvmMachine owner;
    private final Exclusion exclusion;
    private final GuestRam memory;
    private final RightsClaims claims;
    private final ExitChain parts;
    private final DirtyTrackers trackers;

    KvmSecondLevel(KvmMachine owner, Exclusion exclusion, GuestRam memory, DirtyTrackers trackers) {
        this.owner = owner;
        this.exclusion = exclusion;
        this.memory = memory;
        this.trackers = trackers;
        this.claims =
                new RightsClaims(
                        memory.bytes(),
                        memory.isTrapped() ? WRITE : 0,
                        false,
                        (gpa, bytes, changed) -> rightsChanged(gpa, bytes));
        this.parts = new ExitChain(claims);
    }

    /// The parts of the hypervisor, which may keep pages elsewhere.
    ExitChain parts() {
        return parts;
    }

    /// The rights that parts of the hypervisor withhold from the guest.
    RightsClaims claims() {
        return claims;
    }

    @Override
    public boolean populate(long gpa, PageSize size) {
        long page = gpa & -size.bytes();
        if (size == PageSize.SIZE_1G || page + size.bytes() > memory.bytes()) {
            return false;
        }
        return exclusion.alone(() -> {
            boolean free =
                    memory.isTrapped()
                            ? !isAnyBacked(page, size)
                            : memory.residentPages(page, size.bytes()) == 0;
            boolean done = free && !parts.keep(page, size.bytes()) && memory.populate(page, size);
            if (done && memory.isTrapped()) {
                rightsChanged(page, size.bytes());
            }
            return done;
        });
    }

    @Override
    public boolean populateAll(long gpa, long bytes) {
        return exclusion.alone(() -> {
            if (parts.keep(gpa, bytes)) {
                return SecondLevelMap.super.populateAll(gpa, bytes);
            }
            boolean done = memory.populateAll(gpa, bytes);
            if (done && memory.isTrapped()) {
                rightsChanged(gpa, bytes);
            }
            return done;
        });
    }

    @Override
    public boolean isKept(long gpa) {
        return parts.keep(gpa & -PAGE, PAGE);
    }

    /// By the host's page map, if it tells this process.
    @Override
    public long hostAddress(long gpa) {
        long[] frame = new long[1];
        PageMap.frames(memory.address() + (gpa & -PAGE), frame);
        return frame[0] == 0 ? -1 : frame[0] * PAGE + (gpa & PAGE - 1);
    }

    private boolean isAnyBacked(long gpa, PageSize size) {
        for (long page = gpa; page < gpa + size.bytes(); page += PAGE) {
            if (memory.isBacked(page)) {
                return true;
            }
        }
        return false;
    }

    @Override
    public boolean map(long gpa, long hpa, PageSize size) {
        throw new UnsupportedOperationException("host frames are the host kernel's");
    }

    @Override
    public void unmap(long gpa, long bytes) {
        exclusion.alone(() -> {
            parts.discard(gpa, bytes);
            if (!trackers.isEmpty()) {
                for (long page = gpa; page < gpa + bytes; page += PAGE) {
                    if (isResident(page)) {
                        trackers.written(page, PAGE);
                    }
                }
            }
            memory.unmap(gpa, bytes);
        });
    }

    /// Gives the backed pages of a range the rights that all claims allow on them.
    void rightsChanged(long gpa, long bytes) {
        exclusion.alone(() -> {
            for (long page = gpa; page < gpa + bytes; page += PAGE) {
                boolean against = (claims.allowed(page) & WRITE) == 0;
                if (isResident(page) && memory.isProtected(page) != against) {
                    memory.protect(page, PAGE, against);
                }
            }
        });
    }

    /// Lets the guest write to the page of `gpa`, whatever claims allow, until [#closeAgain].
    void open(long gpa) {
        if (isResident(gpa & -PAGE)) {
            memory.protect(gpa & -PAGE, PAGE, false);
        }
    }

    /// Closes the page that [#open] opened.
    void closeAgain(long gpa) {
        rightsChanged(gpa & -PAGE, PAGE);
    }

    /// As of now: other virtual machines that share the page may be writing to it.
    @Override
    public int owners(long gpa) {
        if (!isResident(gpa & -PAGE)) {
            return 0;
        }
        MemoryLayer layer = memory.sharedLayer(gpa);
        return layer == null ? 1 : owner.sharers(layer, gpa);
    }

    @Override
    public void ownPages(long memoryBytes, PageSet into) {
        exclusion.alone(() -> memory.ownPages(into));
    }

    @Override
    public @Nullable PageSize pageSize(long gpa) {
        if (!isResident(gpa & -PAGE)) {
            return null;
        }
        return memory.isLarge(gpa) ? PageSize.SIZE_2M : PageSize.SIZE_4K;
    }

    @Override
    public void backedPages(long memoryBytes, PageSet into) {
        memory.backedPages(into);
    }

    private boolean isResident(long page) {
        return memory.isTrapped() ? memory.isBacked(page) : memory.residentPages(page, PAGE) == 1;
    }

    @Override
    public int rights(long gpa) {
        if (!isResident(gpa & -PAGE)) {
            return 0;
        }
        return memory.isProtected(gpa) ? READ | EXECUTE : ALL;
    }

    @Override
    public long backedBytes(PageSize size) {
        long large = memory.largeBytes();
        return switch (size) {
            case SIZE_4K -> memory.backedPages() * PAGE - large;
            case SIZE_2M -> large;
            case SIZE_1G -> 0;
        };
    }

    @Override
    public int collapse(long gpa, long hpa) {
        if (hpa != -1) {
            throw new UnsupportedOperationException("host frames are the host kernel's");
        }
        return exclusion.alone(() -> memory.collapse(gpa));
    }

    @Override
    public void split(long gpa) {
        exclusion.alone(() -> memory.split(gpa));
    }
}
