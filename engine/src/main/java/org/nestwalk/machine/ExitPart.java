package org.nestwalk.machine;

/// One part of a hypervisor: it is offered the exits of a virtual machine and takes those that are
/// its business. Several parts live on one machine without knowing of each other.
///
/// Called on the thread of the virtual CPU that exits, while no other CPU of the machine is in its
/// guest.
///
/// @see VirtualMachine#attach who is asked, in which order
@FunctionalInterface
public interface ExitPart {
    /// Handles an exit, or leaves it to others.
    Verdict handle(VirtualCpu cpu, VmExit exit);

    /// Brings back all memory of the virtual machine that it keeps elsewhere, as a patch or in a
    /// file: all of it is about to be frozen or saved. Called while no CPU is in its guest.
    ///
    /// @throws GuestFailure if the host has no memory for it
    /// @throws org.nestwalk.InputException if it cannot be read
    default void bringBack() {}

    /// Brings back the 4-KiB page at `gpa`, which is not backed, if it keeps it elsewhere: the
    /// hypervisor is about to read it or to write to it. Called while no CPU is in its guest.
    ///
    /// @throws GuestFailure if the host has no memory for it, or it cannot be read
    default void bringBack(long gpa) {}

    /// Whether it keeps any page of a range elsewhere, and is not just about to bring it back: then
    /// nobody backs such a page with zeroes, as a part of a large page neither, and no small pages
    /// are made one large page around it. Called while no CPU is in its guest.
    default boolean keeps(long gpa, long bytes) {
        return false;
    }

    /// The page-modification log of `cpu`, or its dirty ring, was full, and has been emptied within
    /// the exit that is being handled: what it held can be [collected][DirtyPages] now. Only parts
    /// that are [attached][VirtualMachine#attach] are told.
    default void logEmptied(VirtualCpu cpu) {}

    /// What a range holds is lost ([SecondLevelMap#unmap]), and so is what of it is kept elsewhere:
    /// from now on it holds zeroes.
    default void discard(long gpa, long bytes) {}
}
