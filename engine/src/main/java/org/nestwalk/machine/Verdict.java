package org.nestwalk.machine;

/// The answer of a part of a hypervisor to an exit.
public enum Verdict {
    /// It is another's business.
    NOT_MINE,
    /// The guest goes on, and makes the access again.
    RESUME,
    /// The access that the part's claim refuses is made once, although the claim stays: for an exit
    /// because of rights that are withheld ([RightsClaim]). No other CPU can use what is opened for
    /// it.
    PERFORM,
    /// As [#PERFORM], but the hypervisor makes the access in the guest's place, which takes no
    /// second exit. One that others have performed by a step is stepped.
    EMULATE,
    /// [VirtualCpu#run] ends with this exit.
    STOP;

    /// [#RESUME] if `resume`, otherwise [#STOP].
    public static Verdict resumeIf(boolean resume) {
        return resume ? RESUME : STOP;
    }
}
