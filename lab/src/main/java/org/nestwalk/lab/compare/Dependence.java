package org.nestwalk.lab.compare;

/// From where it is known on which data accesses before it an access of a workload depends
/// ([org.nestwalk.bits.Access#after]).
public enum Dependence {
    /// A generated program declares it.
    DECLARED,

    /// A trace says it: its recorder followed what is loaded through registers.
    DERIVED,

    /// Nobody says; accesses are made as if none depended on another.
    UNKNOWN
}
