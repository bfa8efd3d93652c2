package org.nestwalk.paging;

import static org.nestwalk.bits.SecondLevelTranslation.ALL;

import org.nestwalk.bits.LinearAddress;
import org.nestwalk.bits.PagingEntry;
import org.nestwalk.bits.SecondLevelTranslation;
import org.nestwalk.memory.PhysicalMemory;

/// What second levels made of radix tables have in common: how a walk begins, the path of entries
/// it has read, what it tells the caches afterwards, and how it sets flags. The rules of the
/// entries are the subclasses'.
///
/// Most walks meet nothing that could refuse them: entries above the leaf that grant everything,
/// and a *plain* leaf, which does too and has all flags that the access needs. Such a walk takes a
/// short way, with the upper entries from [KnownPaths] and one comparison for the leaf; it makes
/// the same references, asks and tells the caches the same and ends the same as the descent.
abstract class RadixSecondLevel extends SecondLevel {
    private static final int UNUSED_ADDRESS_BITS_4_LEVELS = 48;

    /// No masked entry: no mask has all bits.
    private static final long NEVER = -1;

    /// Beside the rights of a refused translation: a page is mapped.
    static final long PRESENT = 1L << 32;

    final int levels;
    final long root;

    /// Host-physical addresses of the entries that the walk has read, by level.
    final long[] pathAddress = new long[6];

    /// Their values, with the flags set since.
    final long[] pathEntry = new long[6];

    private final KnownPaths paths = new KnownPaths();
    private final long[] plainMask = new long[6];
    private final long[] plainLeaf = new long[6];
    private final long dirtyFlag;

    /// Tables with the root at the host-physical address `root`, of 4 or 5 `levels`.
    ///
    /// @param dirtyFlag the format's dirty flag, or 0 if flags are not kept
    RadixSecondLevel(int levels, long root, long dirtyFlag) {
        this.levels = levels;
        this.root = root;
        this.dirtyFlag = dirtyFlag;
    }

    /// Says what leaves of `level` are plain: those that have all of `set`, and no other bit of
    /// `judged` or `reserved`. They grant everything, have the memory type WB and, if flags are
    /// kept, the accessed flag.
    final void definePlain(int level, long judged, long set, long reserved) {
        plainMask[level] = judged | set | reserved;
        plainLeaf[level] = (set & reserved) == 0 ? set : NEVER;
    }

    @Override
    protected final long translate(long gpa, int use, Walker walker) {
        boolean write = isWrite(use);
        long needed = neededRights(use) | (write ? SecondLevelTranslation.DIRTY : 0);
        long known = walker.nested(gpa, needed);
        if (known != 0) {
            return known;
        }
        if (levels == 4 && gpa >>> UNUSED_ADDRESS_BITS_4_LEVELS != 0) {
            return outOfRange(gpa, use, walker);
        }
        int start = walker.secondStart(gpa);
        int path = walker.cold ? -1 : paths.find(gpa, walker.memory.rewrites());
        long translation = path < 0 ? 0 : follow(path, gpa, start, write, walker);
        if (translation == 0) {
            translation = descend(gpa, use, start, walker);
        }
        if (translation != 0) {
            walker.caches.nestedFound(gpa, translation);
        }
        return translation;
    }

    @Override
    protected final long likelyLeaf(long gpa, PhysicalMemory memory) {
        int path = paths.find(gpa, memory.rewrites());
        return path < 0 || paths.leafLevel(path) != 1
                ? 0
                : table(path, 1) + 8L * LinearAddress.index(gpa, 1);
    }

    /// The permission bits of [SecondLevelTranslation] that an access needs.
    abstract long neededRights(int use);

    /// Whether an access needs the dirty flag.
    abstract boolean isWrite(int use);

    /// Fails because `gpa` has more bits than the tables translate.
    abstract long outOfRange(long gpa, int use, Walker walker);

    /// Reads and judges entry by entry, from the root or from the table that the caches know, and
    /// returns the translation, or 0 after a failure: presence and form at each entry, permissions
    /// at the end, and flags only if all is well.
    ///
    /// @param start what [WalkCaches#secondStart] said
    private long descend(long gpa, int use, int start, Walker walker) {
        long rights = ALL;
        int level = levels;
        long table = root;
        if (start != 0) {
            level = start;
            table = TablePointer.address(walker.caches.secondTable());
            rights = TablePointer.rights(walker.caches.secondTable());
        }
        int top = level;
        long entry;
        for (; ; level--) {
            long address = table + 8L * LinearAddress.index(gpa, level);
            entry = walker.readSecond(level, address);
            if (!isPresent(entry)) {
                return refuse(gpa, use, 0, entry, walker);
            }
            boolean leaf = PagingEntry.isLeaf(entry, level);
            if (isIllFormed(entry, level, leaf)) {
                return refuseForm(gpa, use, walker);
            }
            rights &= rightsOf(entry);
            pathAddress[level] = address;
            pathEntry[level] = entry;
            if (leaf) {
                break;
            }
            table = PagingEntry.table(entry);
        }
        long refused = neededRights(use) & ~rights;
        if (refused != 0 && !letsThrough(refused, level, gpa, use, entry, walker)) {
            return refuse(gpa, use, rights | PRESENT, entry, walker);
        }
        if (!setAllFlags(gpa, level, top, isWrite(use), walker)) {
            return 0;
        }
        reportTables(gpa, level, top, start, walker);
        return translation(pathEntry[level], level, rights);
    }

    /// Whether `entry` maps a page or a table.
    abstract boolean isPresent(long entry);

    /// Whether a present entry has bits that it must not have.
    abstract boolean isIllFormed(long entry, int level, boolean leaf);

    /// Fails because of an entry that is ill-formed.
    abstract long refuseForm(long gpa, int use, Walker walker);

    /// Fails because nothing is mapped, or because too little is granted.
    ///
    /// @param rights what all entries grant, with [#PRESENT]; 0 if `entry` is not present
    /// @param entry the last that was read
    abstract long refuse(long gpa, int use, long rights, long entry, Walker walker);

    /// Whether an access is made although the path does not grant all that it needs.
    ///
    /// @param refused the permission bits of [SecondLevelTranslation] that it lacks
    /// @param level of `entry`, the leaf
    boolean letsThrough(long refused, int level, long gpa, int use, long entry, Walker walker) {
        return false;
    }

    /// Sets accessed and dirty flags where they are missing on the path. Returns false after a
    /// failure.
    ///
    /// @param write whether the leaf's dirty flag is needed
    abstract boolean setAllFlags(long gpa, int leafLevel, int top, boolean write, Walker walker);

    /// What `entry` grants, as permission bits of [SecondLevelTranslation].
    abstract long rightsOf(long entry);

    /// The translation by `entry`, a leaf that grants `rights`.
    abstract long translation(long entry, int level, long rights);

    /// Walks along a known path. Returns 0, having done nothing, if the leaf is not plain or the
    /// caches know another table than the path goes through.
    private long follow(int path, long gpa, int start, boolean write, Walker walker) {
        int leafLevel = paths.leafLevel(path);
        int top = start == 0 ? levels : start;
        if (start != 0
                && (start < leafLevel
                        || walker.caches.secondTable()
                                != TablePointer.pack(table(path, start), ALL))) {
            return 0;
        }
        long address = table(path, leafLevel) + 8L * LinearAddress.index(gpa, leafLevel);
        long leaf = walker.memory.read(address);
        if ((leaf & plainMask[leafLevel]) != plainLeaf[leafLevel]
                || (write && (leaf & dirtyFlag) != dirtyFlag)) {
            return 0;
        }
        if (walker.countsOnly) {
            walker.visitor.references(WalkVisitor.SECOND, top - leafLevel + 1);
        } else {
            referencePath(path, gpa, top, leafLevel, walker.visitor);
            walker.visitor.reference(WalkVisitor.SECOND, leafLevel, address, leaf);
        }
        if (walker.keepsSecondTables) {
            for (int level = top; level > leafLevel; level--) {
                walker.caches.secondTableFound(
                        level - 1, gpa, TablePointer.pack(paths.entry(path, level), ALL));
            }
        }
        return translation(leaf, leafLevel, ALL);
    }

    private void referencePath(int path, long gpa, int top, int leafLevel, WalkVisitor visitor) {
        for (int level = top; level > leafLevel; level--) {
            long address = table(path, level) + 8L * LinearAddress.index(gpa, level);
            visitor.reference(WalkVisitor.SECOND, level, address, paths.entry(path, level));
        }
    }

    /// The address of the table of `level` on a known path.
    private long table(int path, int level) {
        return level == levels ? root : PagingEntry.table(paths.entry(path, level + 1));
    }

    /// Sets flags in the entry of the path at `level`.
    ///
    /// @param accessed the format's accessed flag
    final void setFlags(int level, long updated, long accessed, Walker walker) {
        boolean firstUse = (pathEntry[level] & accessed) == 0;
        pathEntry[level] = updated;
        walker.memory.setFlags(pathAddress[level], updated, firstUse);
        walker.visitor.flagUpdate(WalkVisitor.SECOND, level, pathAddress[level], updated);
    }

    /// Tells the caches of the tables that a successful walk found, from the one below level `top`
    /// down to that of the leaf; and keeps the path if the walk saw all of it.
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
        if (top == levels && above == ALL) {
            paths.keep(gpa, walker.memory.rewrites(), pathEntry, top, leafLevel);
        }
    }
}
