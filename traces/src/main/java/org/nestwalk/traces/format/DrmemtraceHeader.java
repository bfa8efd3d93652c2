package org.nestwalk.traces.format;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.nestwalk.InputException;
import org.nestwalk.traces.TraceInfo;

/// How drmemtrace files begin and what their markers say of the whole trace.
///
/// Sources: DynamoRIO, clients/drcachesim/common/trace_entry.h (`trace_version_t`,
/// `offline_file_type_t`, `offline_entry_t`) and reader/file_reader.h: the first record is a HEADER
/// with the version; since version 3 (2021) a marker follows, before that the thread or the
/// process.
final class DrmemtraceHeader {
    private static final int RECORD = DrmemtraceReader.RECORD;
    private static final int RECORD_32 = 8;
    private static final long MAX_VERSION = 255;
    private static final int NEWEST = 7;

    private static final int FILTERED = 0x1 | 0x80 | 0x100 | 0x2000;
    private static final int INSTRUCTIONS_ONLY = 0x4;
    private static final int AARCH64 = 0x8;
    private static final int ARM = 0x10;
    private static final int X86_32 = 0x20;
    private static final int X86_64 = 0x40;

    private static final int FILETYPE = 9;
    private static final int VERSION = 12;
    private static final int PAGE_SIZE = 18;

    private long filetype;
    private long version;
    private long pageSize;

    /// Whether a trace that begins with these bytes is one: a HEADER record with a version, then a
    /// marker, a thread or a process.
    static boolean plausible(byte[] head, int length) {
        return isHeader(head, length, RECORD)
                && LittleEndian.u64(head, 4) >= 0
                && LittleEndian.u64(head, 4) <= MAX_VERSION;
    }

    private static boolean isHeader(byte[] head, int length, int record) {
        if (length < RECORD
                || LittleEndian.u16(head, 0) != DrmemtraceReader.TYPE_HEADER
                || LittleEndian.u16(head, 2) != 0) {
            return false;
        }
        return length < record + 2
                || switch (LittleEndian.u16(head, record)) {
                    case DrmemtraceReader.TYPE_MARKER,
                            DrmemtraceReader.TYPE_THREAD,
                            DrmemtraceReader.TYPE_PID ->
                            true;
                    default -> false;
                };
    }

    /// Refuses what DynamoRIO writes beside traces like those that [DrmemtraceReader] reads:
    /// records of 8 bytes by a 32-bit tracer, and raw traces, whose 64-bit entries begin with an
    /// extended one (type 6 in bits 63:61) that is a header (0 or 4 in bits 60:56).
    static void refuseSiblings(byte[] head, int length, String name) {
        boolean narrow =
                isHeader(head, length, RECORD_32)
                        && Integer.compareUnsigned(LittleEndian.i32(head, 4), (int) MAX_VERSION)
                                <= 0;
        if (narrow) {
            throw new InputException(
                    name
                            + ": this drmemtrace trace has records of 8 bytes, by a 32-bit tracer;"
                            + " only those of 12 bytes, by a 64-bit tracer, are read");
        }
        boolean raw =
                length >= 8
                        && ((head[7] & 0xFF) == 0xC4 || (head[7] & 0xFF) == 0xC0)
                        && (head[6] & 0xFF) < 128
                        && LittleEndian.i32(head, 0) >>> 20 == 0
                        && LittleEndian.u16(head, 4) == 0;
        if (raw) {
            throw new InputException(
                    name
                            + ": this is a raw drmemtrace trace; DynamoRIO's drraw2trace makes the"
                            + " final trace of it, which is read");
        }
    }

    /// Takes in a marker of the given type.
    void marker(int type, long value) {
        switch (type) {
            case FILETYPE -> filetype |= value;
            case VERSION -> version = value;
            case PAGE_SIZE -> pageSize = value;
            default -> {}
        }
    }

    /// What all that means, with `processes`, `note` and how many records only told where the next
    /// data access came from.
    TraceDetails details(List<Long> processes, @Nullable String note, long onlyCounters) {
        List<String> warnings = new ArrayList<>(TraceInfo.foreignMachine(architecture(), pageSize));
        if ((filetype & FILTERED) != 0 || onlyCounters > 0) {
            warnings.add(
                    "it was filtered while it was recorded: accesses that hit the filter's cache"
                            + " are missing, so that rates are not those of the program");
        }
        if ((filetype & INSTRUCTIONS_ONLY) != 0) {
            warnings.add("only instructions were recorded, no data accesses");
        }
        if (version > NEWEST) {
            warnings.add(
                    "its format has version "
                            + version
                            + "; the newest known here is "
                            + NEWEST
                            + ", and later ones may mean something else");
        }
        return new TraceDetails(architecture(), pageSize, processes, note, warnings);
    }

    private @Nullable String architecture() {
        if ((filetype & AARCH64) != 0) {
            return "aarch64";
        }
        if ((filetype & ARM) != 0) {
            return "arm";
        }
        if ((filetype & X86_32) != 0) {
            return "i386";
        }
        return (filetype & X86_64) != 0 ? "x86_64" : null;
    }
}
