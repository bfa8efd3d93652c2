package org.nestwalk.guest.kernel;

import org.nestwalk.machine.VmExit;

/// How a time slice of a virtual CPU ended.
public sealed interface Slice {
    /// The CPU has more to do.
    Slice MORE = new More();

    /// No task is left.
    Slice IDLE = new Idle();

    /// See [#MORE].
    record More() implements Slice {}

    /// See [#IDLE].
    record Idle() implements Slice {}

    /// The CPU left its guest for something that is not the kernel's: it was kicked, or it cannot
    /// go on. Its tasks are where they were, and would go on in the next slice.
    record Stopped(VmExit exit) implements Slice {}
}
