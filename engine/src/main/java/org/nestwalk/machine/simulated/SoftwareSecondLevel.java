package org.nestwalk.machine.simulated;

import org.nestwalk.bits.MemoryType;
import org.nestwalk.bits.PageSize;
import org.nestwalk.bits.SecondLevelTranslation;
import org.nestwalk.machine.SecondLevelMap;
import org.nestwalk.paging.AccessType;
import org.nestwalk.paging.Outcome;
import org.nestwalk.paging.SecondLevel;
import org.nestwalk.paging.Walker;

/// The second level as a hypervisor with shadow paging consults it, to walk the guest's tables in
/// software: no processor's references, no flags.
///
/// A failure is an [Outcome#EPT_VIOLATION] whose code is the access, as bits of [SecondLevelMap].
final class SoftwareSecondLevel extends SecondLevel {
    private final SecondLevelTables tables;

    SoftwareSecondLevel(SecondLevelTables tables) {
        this.tables = tables;
    }

    @Override
    protected long translate(long gpa, int use, Walker walker) {
        int access = access(use);
        int rights = tables.rights(gpa);
        if ((access & ~rights) != 0) {
            return walker.fail(Outcome.EPT_VIOLATION, gpa, access);
        }
        PageSize size = PageSize.ofLevel(tables.table().leafLevel(gpa));
        long granted =
                ((rights & SecondLevelMap.WRITE) != 0 ? SecondLevelTranslation.WRITE : 0)
                        | ((rights & SecondLevelMap.EXECUTE) != 0
                                ? SecondLevelTranslation.EXECUTE
                                        | SecondLevelTranslation.USER_EXECUTE
                                : 0);
        return SecondLevelTranslation.pack(
                tables.hostAddress(gpa) & ~size.offsetMask(),
                granted | SecondLevelTranslation.READ | SecondLevelTranslation.DIRTY,
                size.level(),
                MemoryType.WB);
    }

    private static int access(int use) {
        if ((use & UPDATE) != 0) {
            return SecondLevelMap.READ | SecondLevelMap.WRITE;
        }
        if ((use & TABLE) != 0 || (use & AccessType.READ) != 0) {
            return SecondLevelMap.READ;
        }
        return (use & AccessType.WRITE) != 0 ? SecondLevelMap.WRITE : SecondLevelMap.EXECUTE;
    }
}
