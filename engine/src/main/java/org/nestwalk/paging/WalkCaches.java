package org.nestwalk.paging;

/// Caches that shorten walks: paging-structure caches of both dimensions and the nested TLB. The
/// walker asks them where it may begin and tells them what it found; what they keep, and what a
/// look-up costs, is theirs to decide (Intel SDM volume 3A, section 4.10.3; volume 3C, section
/// 28.3.1).
///
/// Table words are packed by [TablePointer], translations by
/// [org.nestwalk.bits.SecondLevelTranslation].
public interface WalkCaches {
    /// No caches: every walk is cold.
    WalkCaches NONE = new WalkCaches() {};

    /// The level of the guest table at which the walk of `gva` may begin, or 0 to begin at the
    /// root. If it is not 0, [#guestTable] gives that table until the next call.
    default int guestStart(long gva) {
        return 0;
    }

    /// The table word that [#guestStart] found.
    default long guestTable() {
        return 0;
    }

    /// A walk of `gva` used the guest table at `level`, one below the entry that a cache would
    /// keep. Called root first after the walk succeeded, for every table whose parent entry was
    /// read.
    default void guestTableFound(int level, long gva, long table) {}

    /// The known translation of `gpa` if it has all bits of `needed`, permissions and
    /// [org.nestwalk.bits.SecondLevelTranslation#DIRTY]; or 0. One that grants less is of no use,
    /// and is no hit.
    default long nested(long gpa, long needed) {
        return 0;
    }

    /// A second-level walk of `gpa` ended with `translation`.
    default void nestedFound(long gpa, long translation) {}

    /// As [#guestStart], for the second level.
    default int secondStart(long gpa) {
        return 0;
    }

    /// As [#guestTable], for the second level.
    default long secondTable() {
        return 0;
    }

    /// Whether second-level tables are kept at all; if not, [#secondTableFound] need not be called.
    default boolean keepsSecondTables() {
        return true;
    }

    /// As [#guestTableFound], for the second level; called after each second-level walk.
    default void secondTableFound(int level, long gpa, long table) {}
}
