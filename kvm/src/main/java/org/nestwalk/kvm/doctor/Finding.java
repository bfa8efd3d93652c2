package org.nestwalk.kvm.doctor;

/// One thing that a host has or lacks.
///
/// @param name of the thing
/// @param present whether it can be used, by this user, now
/// @param detail which kind, how much, or why not
/// @param neededFor what Nestwalk does with it
/// @param remedy how to get it; empty where it is present, and where nothing can be done
public record Finding(
        String name, boolean present, String detail, String neededFor, String remedy) {

    /// Something that is there.
    static Finding present(String name, String detail, String neededFor) {
        return new Finding(name, true, detail, neededFor, "");
    }

    /// Something that is not.
    static Finding absent(String name, String detail, String neededFor, String remedy) {
        return new Finding(name, false, detail, neededFor, remedy);
    }
}
