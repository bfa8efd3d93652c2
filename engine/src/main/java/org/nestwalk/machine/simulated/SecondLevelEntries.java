package org.nestwalk.machine.simulated;

import org.nestwalk.bits.EptEntry;
import org.nestwalk.bits.PagingEntry;
import org.nestwalk.machine.SecondLevelMap;
import org.nestwalk.paging.TableFormat;

/// Rights of [SecondLevelMap] as bits of second-level leaf entries, which Intel and AMD write
/// differently: EPT has a bit for each; AMD's nested tables have P and U for reading, W, and NX
/// against executing.
enum SecondLevelEntries {
    /// Intel's extended page tables.
    EPT(TableFormat.EPT, EptEntry.READ, EptEntry.WRITE, EptEntry.EXECUTE, 0),

    /// AMD's nested page tables.
    NPT(TableFormat.X86, PagingEntry.PRESENT, PagingEntry.WRITE, 0, PagingEntry.NO_EXECUTE);

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

    /// The bits to set in an entry for `rights`.
    long setFor(int rights) {
        return ((rights & SecondLevelMap.READ) != 0 ? read : 0)
                | ((rights & SecondLevelMap.WRITE) != 0 ? write : 0)
                | ((rights & SecondLevelMap.EXECUTE) != 0 ? execute : noExecute);
    }

    /// The bits to clear in an entry for `rights`.
    long clearFor(int rights) {
        return (read | write | execute | noExecute) & ~setFor(rights);
    }

    /// @throws IllegalArgumentException if no entry can grant `rights`: writing without reading, or
    ///   nothing at all; under AMD's tables also executing without reading
    void check(int rights) {
        boolean readable = (rights & SecondLevelMap.READ) != 0;
        boolean executeOnly = rights == SecondLevelMap.EXECUTE && this == EPT;
        if ((rights & ~SecondLevelMap.ALL) != 0 || !(readable || executeOnly)) {
            throw new IllegalArgumentException("no second-level page has rights " + rights);
        }
    }
}
