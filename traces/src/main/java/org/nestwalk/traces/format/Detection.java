package org.nestwalk.traces.format;

import org.nestwalk.InputException;
import org.nestwalk.traces.TraceFormat;

/// Tells a trace's format by its first bytes, decompressed, where they are evidence of one. Raw
/// addresses are never told: nothing distinguishes them from other numbers.
public final class Detection {
    private static final int EXAMINED = 1 << 16;
    private static final byte[] NWT = {'N', 'W', 'T', 0x1A};
    private static final byte[] SNAPSHOT = {'N', 'W', 'S', 0x1A};

    private Detection() {}

    /// The format of the trace in `input`, of which nothing is consumed. An input exception asks
    /// for the parameter `format` where the contents are evidence of none.
    public static TraceFormat detect(ByteInput input) {
        input.has(EXAMINED);
        byte[] head = input.buffer;
        int length = Math.min(input.available(), EXAMINED);
        if (length == 0) {
            throw new InputException(input.name() + ": the file is empty; a trace was expected");
        }
        if (begins(head, length, NWT)) {
            return TraceFormat.NWT;
        }
        if (begins(head, length, SNAPSHOT)) {
            throw new InputException(
                    input.name()
                            + ": is a virtual machine's memory in a file, and no trace; nestwalk vm"
                            + " restore goes on from a snapshot");
        }
        if (DrmemtraceHeader.plausible(head, length)) {
            return TraceFormat.DRMEMTRACE;
        }
        if (Gem5Reader.plausible(head, length)) {
            return TraceFormat.GEM5;
        }
        if (LackeyReader.plausible(head, length)) {
            return TraceFormat.LACKEY;
        }
        DrmemtraceHeader.refuseSiblings(head, length, input.name());
        if (ChampSimReader.plausible(head, length, false)) {
            return TraceFormat.CHAMPSIM;
        }
        if (ChampSimReader.plausible(head, length, true)) {
            return TraceFormat.CHAMPSIM_CLOUDSUITE;
        }
        throw InputException.curedBy(
                "format",
                input.name()
                        + ": at byte 0: the contents "
                        + (RawReader.plausible(head, length)
                                ? "may be raw addresses, or something else"
                                : "are of no known trace format"),
                "name the format, one of " + TraceFormat.labels(),
                "if it is a trace, nestwalk trace convert, told its format, writes one that tells"
                        + " it by itself");
    }

    private static boolean begins(byte[] head, int length, byte[] with) {
        for (int i = 0; i < with.length; i++) {
            if (i >= length || head[i] != with[i]) {
                return false;
            }
        }
        return true;
    }
}
