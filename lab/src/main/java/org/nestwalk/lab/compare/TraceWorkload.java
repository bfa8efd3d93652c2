package org.nestwalk.lab.compare;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalLong;
import org.nestwalk.InputException;
import org.nestwalk.Quantities;
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
/// An access that crosses 4-KiB boundaries becomes several, all but the first marked as continued,
/// whatever the size of pages: that is where processors split it. Non-canonical addresses are left
/// out and counted. A recording that was cut off is refused once its end is reached, and one of
/// several processes once the second appears: they are not one address space.
final class TraceWorkload implements Workload, AccessSource {
    private static final int PAGE_SHIFT = 12;
    private static final int PAGE = 1 << PAGE_SHIFT;

    private final TraceReader reader;
    private final int levels;
    private final boolean dependence;
    private final Distances distances = new Distances();
    private final TraceBlock recorded = new TraceBlock();
    private int next;
    private long nonCanonical;

    /// A trace whose addresses must be canonical for `levels` (4 or 5) levels.
    TraceWorkload(TraceReader reader, int levels) {
        this.reader = reader;
        this.levels = levels;
        dependence = reader.info().dependence();
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
    public Dependence dependence() {
        return dependence ? Dependence.DERIVED : Dependence.UNKNOWN;
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
                    "%s to non-canonical addresses %s left out"
                            .formatted(
                                    Quantities.counted(nonCanonical, "access"),
                                    nonCanonical == 1 ? "was" : "were"));
        }
        return warnings;
    }

    @Override
    public int next(long[] block) {
        int filled = 0;
        do {
            if (next == recorded.count) {
                next = 0;
                if (reader.read(recorded) == 0) {
                    requireWhole();
                    break;
                }
                reader.info().requireOneProcess();
            }
            filled = pack(block, filled);
        } while (next == recorded.count && filled < block.length);
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

    /// Packs as many recorded accesses as there are, or as there is room for with all their parts.
    private int pack(long[] block, int filled) {
        int room = block.length;
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
            int end = offset + AccessInfo.size(info);
            boolean crosses = end > PAGE;
            int further = crosses ? end - 1 >>> PAGE_SHIFT : 0;
            long last = crosses ? address - offset + (long) further * PAGE : address;
            if (!LinearAddress.isCanonical(address, levels)
                    || !LinearAddress.isCanonical(last, levels)) {
                nonCanonical++;
                distance(kind, i, 0);
                continue;
            }
            if (crosses) {
                if (to + further >= room) {
                    break;
                }
            }
            int distance = distance(kind, i, 1 + further);
            if (crosses) {
                packFurther(block, to + 1, kind, last, further, distance);
            }
            block[to++] = Access.after(Access.pack(kind, address), distance);
            to += further;
        }
        next = i;
        return to;
    }

    /// The distance of an access of `words` words, at `index` of what was recorded.
    private int distance(int kind, int index, int words) {
        return dependence && kind != Access.FETCH
                ? distances.next(recorded.distance[index], words)
                : 0;
    }

    /// Packs the parts of an access in the pages that follow its first, up to that of `last`; all
    /// depend on the same as the first.
    private static void packFurther(
            long[] block, int at, int kind, long last, int count, int distance) {
        for (int part = 0; part < count; part++) {
            long page = last - (long) (count - 1 - part) * PAGE;
            int back = distance == 0 ? 0 : distance + 1 + part;
            block[at + part] =
                    Access.after(
                            Access.packContinued(kind, page), back > Access.FARTHEST ? 0 : back);
        }
    }

    @Override
    public void close() {
        reader.close();
    }
}
