package org.nestwalk.traces.record;

/// What can record a program.
public enum Tool {
    /// QEMU where it and a C compiler are installed, else lackey.
    AUTO,
    /// QEMU's user mode with a plugin that is compiled on the spot: fast.
    QEMU,
    /// valgrind's lackey: about a hundred times slower, and needs no compiler.
    LACKEY
}
