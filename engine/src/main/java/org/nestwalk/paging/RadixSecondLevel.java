package org.nestwalk.paging;

import org.nestwalk.bits.SecondLevelTranslation;

/// What second levels made of radix tables have in common: the path of entries that a walk has
/// read, what it tells the caches afterwards, and how it sets flags. The rules of the entries are
/// the subclasses'.
abstract class RadixSecondLevel extends SecondLevel {
    final int levels;
    final long root;

    /// Host-physical addresses of the entries that the walk has read, by level.
    final long[] pathAddress = new long[6];

    /// Their values, with the flags set since.
    final long[] pathEntry = new long[6];

    /// Tables with the root at the host-physical address `root`, of 4 or 5 `levels`.
    RadixSecondLevel(int levels, long root) {
        this.levels = levels;
        this.root = root;
    }

    /// What `entry` grants, as permission bits of [SecondLevelTranslation].
    abstract long rightsOf(long entry);

    /// Sets flags in the entry of the path at `level`.
    ///
    /// @param accessed the format's accessed flag
    final void setFlags(int level, long updated, long accessed, Walker walker) {
        boolean first = (pathEntry[level] & accessed) == 0;
        pathEntry[level] = updated;
        walker.writeFlags(pathAddress[level], updated, first);
        walker.visitor.flagUpdate(WalkVisitor.SECOND, level, pathAddress[level], updated);
    }

    /// Tells the caches of the tables that a successful walk found, from the one below level `top`
    /// down to that of the leaf.
    ///
    /// @param start what [WalkCaches#secondStart] said
    final void reportTables(long gpa, int leafLevel, int top, int start, Walker walker) {
        if (walker.cold) {
            return;
        }
        long above =
                start == 0
                        ? SecondLevelTranslation.ALL
                        : TablePointer.rights(walker.caches.secondTable());
        for (int level = top; level > leafLevel; level--) {
            above &= rightsOf(pathEntry[level]);
            walker.caches.secondTableFound(
                    level - 1, gpa, TablePointer.pack(pathEntry[level], above));
        }
    }
}
