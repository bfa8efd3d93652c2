package org.nestwalk.lab.labs.channel.measured;

import java.util.List;
import org.jspecify.annotations.Nullable;
import org.nestwalk.kvm.doctor.KvmKind;
import org.nestwalk.kvm.measure.Loads.Place;

/// What the timing channel tells on this host.
///
/// @param place natively, or in a guest
/// @param processor its name; empty if the host does not say
/// @param kernel the host's release
/// @param kind of KVM; null natively
/// @param footprint bytes of each mapping
/// @param cutPages of the 2M mapping, how many pages take as many TLB entries as small ones
/// @param before loads before each burst that are not timed
/// @param complete false if it was interrupted
/// @param rows by length of the bursts, ascending; at least one
public record MeasuredResult(
        Place place,
        String processor,
        String kernel,
        @Nullable KvmKind kind,
        long footprint,
        int cutPages,
        int before,
        boolean complete,
        List<BurstRow> rows) {
    /// The area under the ROC from which mappings are said to be told apart.
    public static final double RESOLVED = 0.9;

    /// Copies the list.
    public MeasuredResult {
        rows = List.copyOf(rows);
    }

    /// The longest bursts.
    public BurstRow longest() {
        return rows.getLast();
    }

    /// Whether single bursts of the greatest length tell the mappings apart.
    public boolean tells() {
        return longest().judgement().area() > RESOLVED;
    }
}
