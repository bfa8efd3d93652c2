package org.nestwalk.kvm.machine;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.nestwalk.kvm.sys.MappedMemory;

/// Which layer has which part of a guest's memory. Immutable; a user of each of its layers, until
/// closed.
final class Layers implements AutoCloseable {
    /// Above this many extents more are avoided: each takes one of the mappings of this process,
    /// 65,530 by default (`vm.max_map_count`), in each virtual machine.
    static final int MOST_EXTENTS = 2048;

    private final List<Extent> extents;
    private final Set<MemoryLayer> layers;
    private final @Nullable MemoryLayer largest;
    private boolean closed;

    /// Part of a guest's memory.
    ///
    /// @param from its first byte, a multiple of 4 KiB
    /// @param to the first byte after it
    /// @param layer that has it; null if it is zeroes
    record Extent(long from, long to, @Nullable MemoryLayer layer) {}

    /// Part of a guest's memory.
    ///
    /// @param from its first byte, a multiple of 4 KiB
    /// @param to the first byte after it
    record Run(long from, long to) {}

    private Layers(List<Extent> extents) {
        this.extents = List.copyOf(extents);
        this.layers = layersOf(extents);
        this.largest = largestOf(extents);
        layers.forEach(MemoryLayer::retain);
    }

    private Layers(Layers same) {
        this.extents = same.extents;
        this.layers = same.layers;
        this.largest = same.largest;
        layers.forEach(MemoryLayer::retain);
    }

    /// All memory, of `bytes`, in one layer.
    static Layers of(long bytes, MemoryLayer layer) {
        return new Layers(List.of(new Extent(0, bytes, layer)));
    }

    /// The same for one more user.
    Layers share() {
        return new Layers(this);
    }

    /// These layers with `layer` in place of them in `runs`, which ascend.
    ///
    /// @param layer null for zeroes
    Layers over(List<Run> runs, @Nullable MemoryLayer layer) {
        return new Layers(compose(runs, layer));
    }

    /// How many extents [#over] has.
    int extentsOver(List<Run> runs, @Nullable MemoryLayer layer) {
        return compose(runs, layer).size();
    }

    private List<Extent> compose(List<Run> runs, @Nullable MemoryLayer layer) {
        List<Extent> composed = new ArrayList<>();
        int index = 0;
        long at = 0;
        for (Run run : runs) {
            index = take(index, at, run.from(), composed);
            add(composed, new Extent(run.from(), run.to(), layer));
            at = run.to();
        }
        int _ = take(index, at, extents.getLast().to(), composed);
        return composed;
    }

    /// Adds what is between two addresses.
    ///
    /// @param index of an extent that is not behind `from`
    /// @return that of one that is not behind `to`
    private int take(int index, long from, long to, List<Extent> composed) {
        int at = index;
        while (at < extents.size()) {
            Extent extent = extents.get(at);
            if (extent.from() >= to) {
                return at;
            }
            long first = Math.max(extent.from(), from);
            long end = Math.min(extent.to(), to);
            if (first < end) {
                add(composed, new Extent(first, end, extent.layer()));
            }
            if (extent.to() > to) {
                return at;
            }
            at++;
        }
        return at;
    }

    private static void add(List<Extent> extents, Extent added) {
        Extent last = extents.isEmpty() ? null : extents.getLast();
        if (last != null && last.layer() == added.layer()) {
            extents.set(extents.size() - 1, new Extent(last.from(), added.to(), added.layer()));
        } else {
            extents.add(added);
        }
    }

    /// All extents, in order and without gaps.
    List<Extent> extents() {
        return extents;
    }

    /// The layer that has `gpa`; null if it is zero.
    @Nullable MemoryLayer layerAt(long gpa) {
        return extentAt(gpa).layer();
    }

    /// The extent that has `gpa`.
    Extent extentAt(long gpa) {
        int low = 0;
        int high = extents.size() - 1;
        while (low < high) {
            int middle = (low + high + 1) / 2;
            if (extents.get(middle).from() <= gpa) {
                low = middle;
            } else {
                high = middle - 1;
            }
        }
        return extents.get(low);
    }

    /// A private copy of it all, made page by page as it is written.
    ///
    /// @throws org.nestwalk.kvm.sys.SystemCallException if the host has no room for it
    MappedMemory map() {
        long bytes = extents.getLast().to();
        MappedMemory mapping =
                largest == null
                        ? MappedMemory.anonymous(bytes, MappedMemory.PAGE)
                        : MappedMemory.copyOnWrite(largest.file(), 0, bytes);
        try {
            for (Extent extent : extents) {
                MemoryLayer layer = extent.layer();
                if (layer != largest) {
                    mapping.replace(
                            extent.from(),
                            extent.to() - extent.from(),
                            layer == null ? null : layer.file(),
                            extent.from());
                }
            }
            return mapping;
        } catch (RuntimeException e) {
            mapping.close();
            throw e;
        }
    }

    /// The layer that has more of the memory than any other has.
    private static @Nullable MemoryLayer largestOf(List<Extent> extents) {
        Map<@Nullable MemoryLayer, Long> sizes = new HashMap<>();
        MemoryLayer largest = null;
        long most = -1;
        for (Extent extent : extents) {
            long size = sizes.merge(extent.layer(), extent.to() - extent.from(), Long::sum);
            if (size > most) {
                most = size;
                largest = extent.layer();
            }
        }
        return largest;
    }

    private static Set<MemoryLayer> layersOf(List<Extent> extents) {
        Set<MemoryLayer> layers = new HashSet<>();
        for (Extent extent : extents) {
            if (extent.layer() != null) {
                layers.add(extent.layer());
            }
        }
        return layers;
    }

    @Override
    public void close() {
        if (!closed) {
            closed = true;
            layers.forEach(MemoryLayer::close);
        }
    }
}
