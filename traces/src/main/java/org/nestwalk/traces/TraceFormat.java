package org.nestwalk.traces;

import java.util.Arrays;
import java.util.stream.Collectors;
import org.nestwalk.InputException;

/// The formats that [Traces] reads; each may be compressed.
public enum TraceFormat {
    /// Nestwalk's own: `traces/FORMAT.md`.
    NWT("nwt", "Nestwalk's own format"),
    /// Text of `valgrind --tool=lackey --trace-mem=yes`.
    LACKEY("lackey", "text of valgrind's lackey"),
    /// DynamoRIO's final traces, in a zip of chunks or as one stream.
    DRMEMTRACE("drmemtrace", "DynamoRIO's final trace"),
    /// ChampSim's 64-byte instruction records.
    CHAMPSIM("champsim", "ChampSim instruction records"),
    /// ChampSim's 96-byte CloudSuite variant.
    CHAMPSIM_CLOUDSUITE("champsim-cloudsuite", "ChampSim instruction records of CloudSuite"),
    /// gem5's packets.
    GEM5("gem5", "gem5 packets"),
    /// Little-endian 64-bit addresses, bit 63 set for a store; never detected, only named.
    RAW("raw", "64-bit little-endian addresses, bit 63 set for a store");

    private final String label;
    private final String description;

    TraceFormat(String label, String description) {
        this.label = label;
        this.description = description;
    }

    /// The name that options take, such as `champsim-cloudsuite`.
    public String label() {
        return label;
    }

    /// A few words on what it is.
    public String description() {
        return description;
    }

    /// The format called `label`, in any case; an [InputException] names the valid ones.
    public static TraceFormat parse(String label) {
        for (TraceFormat format : values()) {
            if (format.label.equalsIgnoreCase(label)) {
                return format;
            }
        }
        throw new InputException("unknown trace format '" + label + "'; use one of " + labels());
    }

    /// All labels, separated by commas.
    public static String labels() {
        return Arrays.stream(values()).map(TraceFormat::label).collect(Collectors.joining(", "));
    }
}
