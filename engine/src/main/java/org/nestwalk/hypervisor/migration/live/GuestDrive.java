package org.nestwalk.hypervisor.migration.live;

import org.nestwalk.machine.VirtualMachine;

/// Drives the virtual CPUs of a guest: on threads of their own ([ThreadDrive]), or for as long as
/// something else takes in virtual time ([VirtualDrive]). It stands still until it is started.
public interface GuestDrive extends AutoCloseable {
    /// The virtual machine.
    VirtualMachine vm();

    /// All of the guest but its memory, while it stands still.
    ///
    /// @throws org.nestwalk.InputException if it cannot be told
    byte[] state();

    /// Has the guest run from now on.
    void start();

    /// Has it stand still when this returns.
    void stop();

    /// In virtual time, has it run until `now`.
    ///
    /// @throws org.nestwalk.InputException if it could not go on, now or earlier
    /// @throws org.nestwalk.machine.GuestFailure likewise
    void passTo(long now);

    /// Withholds a part of its time, 0 to below 1, from now on.
    void withhold(double part);

    /// Has it stand still until `time`, if it runs.
    void holdUntil(long time);

    /// Nanoseconds that were withheld so far.
    long lost();

    /// Nanoseconds of the longest time that was withheld at once.
    long longestWait();

    /// Runs it, if it has been started, until no CPU has more to do or it is stopped.
    ///
    /// @throws org.nestwalk.InputException if it could not go on
    /// @throws org.nestwalk.machine.GuestFailure likewise
    void awaitEnd();

    /// Stops it for good; its virtual machine is its owner's.
    @Override
    void close();
}
