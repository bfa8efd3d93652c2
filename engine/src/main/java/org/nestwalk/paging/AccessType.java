package org.nestwalk.paging;

import org.nestwalk.bits.Access;

/// What an access wants of a translation, as bits of an `int`. Exactly one of [#READ], [#WRITE] and
/// [#FETCH] is set; they have the values of the exit qualification's bits 2:0.
public final class AccessType {
    /// A data read.
    public static final int READ = 1;

    /// A data write.
    public static final int WRITE = 1 << 1;

    /// An instruction fetch.
    public static final int FETCH = 1 << 2;

    /// Made in user mode (CPL 3). Otherwise the access is a supervisor-mode one.
    public static final int USER = 1 << 3;

    /// A supervisor-mode access that the processor makes by itself, such as to a descriptor table:
    /// SMAP applies to it whatever EFLAGS.AC says.
    public static final int IMPLICIT = 1 << 4;

    /// EFLAGS.AC is set: explicit supervisor-mode accesses may touch user pages despite SMAP.
    public static final int ALIGNMENT_CHECK = 1 << 5;

    private AccessType() {}

    /// What an access of user mode, packed by [Access], wants.
    public static int ofUser(long access) {
        if (Access.isFetch(access)) {
            return FETCH | USER;
        }
        return (Access.isWrite(access) ? WRITE : READ) | USER;
    }
}
