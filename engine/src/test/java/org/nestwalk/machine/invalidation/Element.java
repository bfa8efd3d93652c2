package org.nestwalk.machine.invalidation;

/// What can be left out of the protocol.
enum Element {
    NONE,
    SEQUENCE,
    RANGE,
    IN_PROGRESS,
    BARRIER,
    FLUSH_BEFORE_FREE,
    DEFERRED_FREE
}
