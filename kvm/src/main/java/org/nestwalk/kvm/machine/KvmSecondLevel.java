package org.nestwalk.kvm.machine;

import java.util.function.LongConsumer;
import org.jspecify.annotations.Nullable;
import org.nestwalk.bits.PageSize;
import org.nestwalk.machine.SecondLevelMap;

/// The second level as a user of KVM changes it: by changing the mapping of the memory behind it,
/// which KVM follows (Linux `Documentation/mm/mmu_notifier.rst`).
///
/// Rights to execute cannot be withheld, and frames not chosen.
final class KvmSecondLevel implements SecondLevelMap {
    private static final long PAGE = PageSize.SIZE_4K.bytes();

    private final Exclusion exclusion;
    private final GuestRam memory;
    private final DirtyLog log;
    private final KvmSettings.Dirty dirty;

    KvmSecondLevel(Exclusion exclusion, GuestRam memory, DirtyLog log, KvmSettings.Dirty dirty) {
        this.exclusion = exclusion;
        this.memory = memory;
        this.log = log;
        this.dirty = dirty;
    }

    @Override
    public boolean populate(long gpa, PageSize size) {
        long page = gpa & -size.bytes();
        if (size == PageSize.SIZE_1G || page + size.bytes() > memory.bytes()) {
            return false;
        }
        boolean[] done = new boolean[1];
        exclusion.alone(() -> {
            boolean free =
                    memory.isTrapped()
                            ? !isAnyBacked(page, size)
                            : memory.residentPages(page, size.bytes()) == 0;
            done[0] = free && memory.populate(page, size);
        });
        return done[0];
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
        exclusion.alone(() -> memory.unmap(gpa, bytes));
    }

    @Override
    public void protect(long gpa, long bytes, int rights) {
        if ((rights & READ) == 0 || (rights & ~ALL) != 0) {
            throw new IllegalArgumentException("rights %d".formatted(rights));
        }
        exclusion.alone(() -> {
            for (long page = gpa; page < gpa + bytes; page += PAGE) {
                if (isResident(page)) {
                    memory.protect(page, PAGE, (rights & WRITE) == 0);
                }
            }
        });
    }

    @Override
    public @Nullable PageSize pageSize(long gpa) {
        if (!isResident(gpa & -PAGE)) {
            return null;
        }
        return memory.isLarge(gpa) ? PageSize.SIZE_2M : PageSize.SIZE_4K;
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
    public boolean isDirty(long gpa) {
        boolean[] result = new boolean[1];
        exclusion.alone(() -> result[0] = log.isDirty(gpa));
        return result[0];
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
        int[] result = new int[1];
        exclusion.alone(() -> result[0] = memory.collapse(gpa));
        return result[0];
    }

    @Override
    public void split(long gpa) {
        exclusion.alone(() -> memory.split(gpa));
    }

    @Override
    public void harvestDirty(long gpa, long bytes, LongConsumer consumer) {
        exclusion.alone(() -> log.harvest(gpa, bytes, consumer));
    }

    @Override
    public void logWrites(boolean on) {
        if (dirty != KvmSettings.Dirty.RING) {
            throw new UnsupportedOperationException("the virtual machine was made without rings");
        }
    }
}
