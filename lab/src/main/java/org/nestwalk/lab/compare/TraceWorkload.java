package org.nestwalk.lab.compare;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.OptionalLong;
import org.nestwalk.InputException;
import org.nestwalk.bits.Access;
import org.nestwalk.bits.LinearAddress;
import org.nestwalk.guest.AccessSource;
import org.nestwalk.traces.AccessCounts;
import org.nestwalk.traces.AccessInfo;
import org.nestwalk.traces.Mapping;
import org.nestwalk.traces.TraceBlock;
import org.nestwalk.traces.TraceInfo;
import org.nestwalk.traces.TraceReader;

/// A recorded trace. All its threads run on one processor in one address space, in recorded order.
///
/// An access that crosses a 4-KiB boundary becomes two, the second marked as continued, whatever
/// the size of pages: that is where processors split it. Non-canonical addresses are left out and
/// counted. A recording that was cut off is refused once its end is reached, and one of several
/// processes once the second appears: they are not one address space.
final class TraceWorkload implements Workload, AccessSource {
    private static final int PAGE = 4096;

    private final TraceReader reader;
    private final int levels;
    private final TraceBlock recorded = new TraceBlock();
    private int next;
    private long nonCanonical;

    /// A trace whose addresses must be canonical for `levels` (4 or 5) levels.
    TraceWorkload(TraceReader reader, int levels) {
        this.reader = reader;
        this.levels = levels;
    }

    @Override
    public String name() {
        Path file = Path.of(reader.info().source()).getFileName();
        return file == null ? reader.info().source() : file.toString();
    }

    @Override
    public AccessSource open() {
        return this;
    }

    @Override
    public OptionalLong accesses() {
        AccessCounts counts = reader.info().counts();
        return counts == null ? OptionalLong.empty() : OptionalLong.of(counts.total());
    }

    @Override
    public String identity() {
        return "trace " + reader.digest();
    }

    @Override
    public List<Mapping> mappings() {
        return reader.info().mappings();
    }

    @Override
    public long nonCanonical() {
        return nonCanonical;
    }

    @Override
    public List<String> warnings() {
        List<String> warnings = new ArrayList<>(reader.info().warnings());
        if (nonCanonical > 0) {
            warnings.add(
                    String.format(
                            Locale.ROOT,
                            "%,d accesses to non-canonical addresses were left out",
                            nonCanonical));
        }
        return warnings;
    }

    @Override
    public int next(long[] block) {
        int filled = 0;
        int room = block.length - 1;
        while (filled < room) {
            if (next == recorded.count) {
                next = 0;
                if (reader.read(recorded) == 0) {
                    requireWhole();
                    break;
                }
                reader.info().requireOneProcess();
            }
            filled = pack(block, filled, room);
        }
        return filled;
    }

    /// Part of a recording is not what the user asked about.
    private void requireWhole() {
        TraceInfo info = reader.info();
        if (info.note() != null) {
            throw new InputException(
                    info.source() + ": " + info.note() + ", and saved by nestwalk trace convert");
        }
    }

    private int pack(long[] block, int filled, int room) {
        long[] addresses = recorded.address;
        int[] infos = recorded.info;
        int count = recorded.count;
        int i = next;
        int to = filled;
        for (; i < count && to < room; i++) {
            long address = addresses[i];
            int info = infos[i];
            int kind = AccessInfo.kind(info);
            int offset = (int) address & PAGE - 1;
            boolean crosses = offset + AccessInfo.size(info) > PAGE;
            long last = crosses ? address - offset + PAGE : address;
            if (!LinearAddress.isCanonical(address, levels)
                    || !LinearAddress.isCanonical(last, levels)) {
                nonCanonical++;
                continue;
            }
            block[to++] = Access.pack(kind, address);
            if (crosses) {
                block[to++] = Access.packContinued(kind, last);
            }
        }
        next = i;
        return to;
    }

    @Override
    public void close() {
        reader.close();
    }
}
