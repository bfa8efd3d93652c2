package org.nestwalk.hypervisor.migration;

/// How a guest migrates that writes at a constant rate: in round `i` so many bytes are sent as were
/// written in the one before, `V(0) = M` and `V(i+1) = min(W, D / B * V(i))`.
///
/// Source: the model is that of Akoush, Sohan, Rice, Moore and Hopper, "Predicting the performance
/// of virtual machine migration", MASCOTS 2010.
///
/// @param rounds before the guest is stopped
/// @param nanoseconds all rounds and the last pages
/// @param downtime nanoseconds of sending the last pages
/// @param converges whether what is left comes to fit the limit
public record ClosedForm(int rounds, long nanoseconds, long downtime, boolean converges) {
    /// Stops when sending what is left takes no longer than a limit, or gets no less.
    ///
    /// @param memory bytes M
    /// @param workingSet bytes W
    /// @param dirtyRate bytes a second D
    /// @param bandwidth bytes a second B
    /// @param limit nanoseconds of downtime
    public static ClosedForm of(
            double memory, double workingSet, double dirtyRate, double bandwidth, long limit) {
        double left = memory;
        double time = 0;
        int rounds = 0;
        while (left > bandwidth * limit / 1e9) {
            double round = left / bandwidth;
            double next = Math.min(workingSet, dirtyRate * round);
            time += round;
            rounds++;
            if (next >= left) {
                return new ClosedForm(
                        rounds,
                        nanoseconds(time + next / bandwidth),
                        nanoseconds(next / bandwidth),
                        false);
            }
            left = next;
        }
        double last = left / bandwidth;
        return new ClosedForm(rounds, nanoseconds(time + last), nanoseconds(last), true);
    }

    private static long nanoseconds(double seconds) {
        return Math.round(seconds * 1e9);
    }
}
