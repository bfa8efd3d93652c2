package org.nestwalk.hypervisor.migration.live;

/// Where the side is that a guest goes to: the states of the model (`designs/hand-over.pml`).
public enum TargetState {
    /// Nothing has been offered.
    WAITING,
    /// It has a virtual machine, into which pages are put.
    RECEIVING,
    /// It has verified everything, and must not run the guest before it is told to. If the source
    /// cannot be reached a human must decide.
    READY,
    /// The guest is its own.
    RUNNING,
    /// The guest is its own, and the source knows.
    SETTLED,
    /// It has thrown away what it had.
    LOST
}
