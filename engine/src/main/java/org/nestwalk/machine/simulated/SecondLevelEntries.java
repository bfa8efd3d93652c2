package org.nestwalk.machine.simulated;

import org.nestwalk.bits.EptEntry;
import org.nestwalk.bits.PagingEntry;
import org.nestwalk.machine.SecondLevelMap;
import org.nestwalk.machine.TranslationMode;
import org.nestwalk.mmu.model.ProcessorModel.SecondLevelFormat;
import org.nestwalk.paging.TableFormat;

/// Rights of [SecondLevelMap] as bits of second-level leaf entries, which Intel and AMD write
/// differently: EPT has a bit for each; AMD's nested tables have P and U for reading, W, and NX
/// against executing.
enum SecondLevelEntries {
    /// Intel's extended page tables.
    EPT(TableFormat.EPT, EptEntry.READ, EptEntry.WRITE, EptEntry.EXECUTE, 0),

    /// AMD's nested page tables.
    NPT(TableFormat.NPT, PagingEntry.PRESENT, PagingEntry.WRITE, 0, PagingEntry.NO_EXECUTE);

    private final TableFormat format;
    private final long read;
    private final long write;
    private final long execute;
    private final long noExecute;

    SecondLevelEntries(TableFormat format, long read, long write, long execute, long noExecute) {
        this.format = format;
        this.read = read;
        this.write = write;
        this.execute = execute;
        this.noExecute = noExecute;
    }

    /// Those of a virtual machine. Shadow tables, which are x86's, can grant no more than AMD's
    /// nested tables.
    static SecondLevelEntries of(SecondLevelFormat format, TranslationMode mode) {
        boolean x86 = format == SecondLevelFormat.NPT || mode == TranslationMode.SHADOW;
        return x86 ? NPT : EPT;
    }

    TableFormat format() {
        return format;
    }

    /// The rights of a leaf entry; 0 if it is not present.
    int rights(long entry) {
        if (!format.isPresent(entry)) {
            return 0;
        }
        boolean executable = noExecute != 0 ? (entry & noExecute) == 0 : (entry & execute) != 0;
        return ((entry & read) != 0 ? SecondLevelMap.READ : 0)
                | ((entry & write) != 0 ? SecondLevelMap.WRITE : 0)
                | (executable ? SecondLevelMap.EXECUTE : 0);
    }

    /// What an entry can grant of `rights`: nothing can be written that cannot be read, and under
    /// AMD's tables nothing be executed either (Intel SDM volume 3C, section 28.3.3.1; AMD APM
    /// volume 2, section 15.25.5).
    int grantable(int rights) {
        if ((rights & SecondLevelMap.READ) != 0) {
            return rights;
        }
        return this == EPT ? rights & SecondLevelMap.EXECUTE : 0;
    }

    /// `leaf` with `rights`, which are [grantable][#grantable]; it is held if that is none.
    long with(long leaf, int rights) {
        long set =
                ((rights & SecondLevelMap.READ) != 0 ? read : 0)
                        | ((rights & SecondLevelMap.WRITE) != 0 ? write : 0)
                        | ((rights & SecondLevelMap.EXECUTE) != 0 ? execute : noExecute)
                        | (rights == 0 ? TableFormat.HELD : 0);
        return leaf & ~(read | write | execute | noExecute | TableFormat.HELD) | set;
    }

    /// `entry`, which points to a table, with or without the right to write to what is below.
    long withWriting(long entry, boolean granted) {
        return granted ? entry | write : entry & ~write;
    }

    /// Whether `entry`, which points to a table, leaves the right to write to what is below.
    boolean leavesWriting(long entry) {
        return (entry & write) != 0;
    }
}
