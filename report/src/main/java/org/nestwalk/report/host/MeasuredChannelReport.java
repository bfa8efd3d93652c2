package org.nestwalk.report.host;

import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;
import org.nestwalk.lab.channel.measured.BurstRow;
import org.nestwalk.lab.channel.measured.MeasuredChannel;
import org.nestwalk.lab.channel.measured.MeasuredResult;

/// The timing channel measured on a host, as JSON.
///
/// @param story its name on the command line
/// @param complete false if it was interrupted
/// @param resolved whether single bursts of the greatest length tell 4K from 2M mappings
/// @param rows by length of the bursts
/// @param manifest what was measured, and where
public record MeasuredChannelReport(
        String story, boolean complete, boolean resolved, List<BurstRow> rows, Manifest manifest) {
    /// Copies the list.
    public MeasuredChannelReport {
        rows = List.copyOf(rows);
    }

    /// What was measured, and where.
    ///
    /// @param version Nestwalk's
    /// @param processor the host's, as its kernel calls it
    /// @param kernel the host's release
    /// @param kvm how its KVM translates for guests; left out natively
    /// @param footprintBytes of each mapping
    /// @param cutPages 2M pages that take as many TLB entries as small ones
    /// @param loadsBefore loads before each burst that are not timed
    /// @param arguments with which to measure again
    /// @param model what the figures mean
    public record Manifest(
            String version,
            String processor,
            String kernel,
            @Nullable String kvm,
            long footprintBytes,
            int cutPages,
            int loadsBefore,
            List<String> arguments,
            String model) {
        /// Copies the list.
        public Manifest {
            arguments = List.copyOf(arguments);
        }
    }

    /// The report of `result`.
    ///
    /// @param version Nestwalk's
    /// @param kernel the host's release
    /// @param arguments with which to measure again
    public static MeasuredChannelReport of(
            MeasuredResult result, String version, String kernel, List<String> arguments) {
        return new MeasuredChannelReport(
                "timing-channel",
                result.complete(),
                result.isResolved(),
                result.rows(),
                new Manifest(
                        version,
                        result.processor(),
                        kernel,
                        result.kind()
                                .map(kind -> kind.name().toLowerCase(Locale.ROOT))
                                .orElse(null),
                        result.footprint(),
                        result.cutPages(),
                        result.before(),
                        arguments,
                        MeasuredChannel.MODEL));
    }
}
