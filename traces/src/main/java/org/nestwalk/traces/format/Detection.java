package org.nestwalk.traces.format;

import org.nestwalk.InputException;
import org.nestwalk.traces.TraceFormat;

/// Tells a trace's format by its first bytes, decompressed.
public final class Detection {
    private static final int EXAMINED = 1 << 16;
    private static final byte[] NWT = {'N', 'W', 'T', 0x1A};

    private Detection() {}

    /// The format of the trace in `input`, of which nothing is consumed. An input exception asks
    /// for the `--format` option where the contents fit no format or two.
    public static TraceFormat detect(ByteInput input) {
        input.has(EXAMINED);
        byte[] head = input.buffer;
        int length = Math.min(input.available(), EXAMINED);
        if (length == 0) {
            throw new InputException(input.name() + ": the file is empty; a trace was expected");
        }
        if (isNwt(head, length)) {
            return TraceFormat.NWT;
        }
        if (DrmemtraceReader.plausible(head, length)) {
            return TraceFormat.DRMEMTRACE;
        }
        if (LackeyReader.plausible(head, length)) {
            return TraceFormat.LACKEY;
        }
        boolean champSim = ChampSimReader.plausible(head, length);
        boolean raw = RawReader.plausible(head, length);
        if (champSim == raw) {
            throw new InputException(
                    input.name()
                            + ": at byte 0: the contents "
                            + (raw
                                    ? "may be ChampSim records or raw addresses"
                                    : "are of no known trace format")
                            + "; name the format with --format, one of "
                            + TraceFormat.labels());
        }
        return champSim ? TraceFormat.CHAMPSIM : TraceFormat.RAW;
    }

    private static boolean isNwt(byte[] head, int length) {
        for (int i = 0; i < NWT.length; i++) {
            if (i >= length || head[i] != NWT[i]) {
                return false;
            }
        }
        return true;
    }
}
