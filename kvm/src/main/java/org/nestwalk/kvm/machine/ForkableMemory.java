package org.nestwalk.kvm.machine;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.nestwalk.kvm.sys.FileDescriptor;
import org.nestwalk.kvm.sys.MappedMemory;
import org.nestwalk.kvm.sys.PageMap;
import org.nestwalk.memory.PageSet;

/// Guest memory that can be frozen. Until it is for the first time, it is one file, mapped shared,
/// and no page is ever copied. From then on it is a private mapping of [Layers]: the host's kernel
/// copies each page when it is first written.
///
/// Used alone, but for reading.
final class ForkableMemory implements AutoCloseable {
    private final long bytes;
    private MappedMemory mapping;
    private @Nullable MemoryLayer own;
    private @Nullable Layers layers;
    private int node = -1;

    private ForkableMemory(
            long bytes, MappedMemory mapping, @Nullable MemoryLayer own, @Nullable Layers layers) {
        this.bytes = bytes;
        this.mapping = mapping;
        this.own = own;
        this.layers = layers;
    }

    /// Memory of which nothing is backed.
    ///
    /// @throws org.nestwalk.kvm.sys.SystemCallException if the host cannot give it
    static ForkableMemory create(long bytes) {
        MemoryLayer own = MemoryLayer.create(bytes);
        try {
            MappedMemory mapping = MappedMemory.shared(own.file(), 0, bytes);
            return new ForkableMemory(bytes, mapping, own, null);
        } catch (RuntimeException e) {
            own.close();
            throw e;
        }
    }

    /// Memory that holds what `layers` hold.
    ///
    /// @param mapping of them, which it closes
    static ForkableMemory of(long bytes, Layers layers, MappedMemory mapping) {
        return new ForkableMemory(bytes, mapping, null, layers.share());
    }

    MappedMemory mapping() {
        return mapping;
    }

    /// Binds pages backed later to a node of the host.
    void bind(int toNode) {
        node = toNode;
        mapping.bind(node);
    }

    /// What it holds now, as layers that are the caller's to close. Takes time in proportion to the
    /// pages that it has written since it was made or [adopted][#adopt] layers.
    ///
    /// @throws org.nestwalk.kvm.sys.SystemCallException if the host has no room, with nothing
    ///   changed
    Layers freeze() {
        if (layers == null) {
            return Layers.of(bytes, required(own));
        }
        List<Layers.Run> runs = new ArrayList<>();
        PageMap.forEachPrivate(
                mapping.address(),
                bytes,
                (from, length) -> runs.add(new Layers.Run(from, from + length)));
        return runs.isEmpty() ? layers.share() : copied(layers, runs);
    }

    private Layers copied(Layers below, List<Layers.Run> runs) {
        try (MemoryLayer layer = MemoryLayer.create(bytes)) {
            List<Layers.Run> bridged = bridged(below, runs, layer);
            FileDescriptor file = layer.file();
            int next = 0;
            for (Layers.Run run : bridged) {
                long at = run.from();
                while (next < runs.size() && runs.get(next).from() < run.to()) {
                    Layers.Run copied = runs.get(next++);
                    copyBelow(below, at, copied.from(), file);
                    long length = copied.to() - copied.from();
                    file.write(mapping.address() + copied.from(), length, copied.from());
                    at = copied.to();
                }
                copyBelow(below, at, run.to(), file);
            }
            return below.over(bridged, layer);
        }
    }

    /// Joins runs across small gaps until there are not too many extents.
    private static List<Layers.Run> bridged(
            Layers below, List<Layers.Run> runs, MemoryLayer layer) {
        List<Layers.Run> joined = runs;
        for (long gap = MappedMemory.PAGE;
                joined.size() > 1 && below.extentsOver(joined, layer) > Layers.MOST_EXTENTS;
                gap *= 2) {
            List<Layers.Run> wider = new ArrayList<>();
            for (Layers.Run run : joined) {
                Layers.Run last = wider.isEmpty() ? null : wider.getLast();
                if (last != null && run.from() - last.to() <= gap) {
                    wider.set(wider.size() - 1, new Layers.Run(last.from(), run.to()));
                } else {
                    wider.add(run);
                }
            }
            joined = wider;
        }
        return joined;
    }

    /// Copies the pages of a gap that layers below have.
    private void copyBelow(Layers below, long from, long to, FileDescriptor file) {
        for (long at = from; at < to; ) {
            Layers.Extent extent = below.extentAt(at);
            long end = Math.min(extent.to(), to);
            if (extent.layer() != null) {
                extent.layer()
                        .file()
                        .forEachData(
                                at,
                                end,
                                (data, length) ->
                                        file.write(mapping.address() + data, length, data));
            }
            at = end;
        }
    }

    /// Whether it has written pages that are not in `frozen`, which [#freeze] returned just now, or
    /// could write to one that are.
    boolean hasToLeave(Layers frozen) {
        return layers == null || !layers.extents().equals(frozen.extents());
    }

    /// Goes on over `frozen`, as [#freeze] returned it just now.
    ///
    /// @param next a mapping of them
    /// @return the mapping until now
    MappedMemory adopt(Layers frozen, MappedMemory next) {
        MappedMemory before = mapping;
        mapping = next;
        closeLayers();
        layers = frozen.share();
        return before;
    }

    /// A mapping to go on with, of `frozen`.
    ///
    /// @throws org.nestwalk.kvm.sys.SystemCallException if the host has no room for it
    MappedMemory map(Layers frozen) {
        MappedMemory next = frozen.map();
        if (node >= 0) {
            next.bind(node);
        }
        return next;
    }

    /// Takes the backing of a range away.
    void unmap(long gpa, long length) {
        if (layers == null) {
            required(own).file().punchHole(gpa, length);
            return;
        }
        List<Layers.Run> run = List.of(new Layers.Run(gpa, gpa + length));
        if (layers.extentsOver(run, null) > Layers.MOST_EXTENTS) {
            // What is left of giving back is that it reads as zeroes.
            mapping.segment().asSlice(gpa, length).fill((byte) 0);
            return;
        }
        Layers without = layers.over(run, null);
        mapping.replace(gpa, length, null, 0);
        layers.close();
        layers = without;
        if (node >= 0) {
            mapping.bind(node);
        }
    }

    /// The layer that has the page of `gpa`, if it is shared; null if the page is in memory of its
    /// own, or it is zero.
    @Nullable MemoryLayer sharedLayer(long gpa) {
        long page = gpa & -MappedMemory.PAGE;
        return layers == null || PageMap.isPrivate(mapping.address() + page)
                ? null
                : layers.layerAt(page);
    }

    /// Adds the pages that are its own: all, until it was first frozen, and then those that it has
    /// written.
    void ownPages(PageSet into) {
        if (layers == null) {
            required(own).file().forEachData(0, bytes, into::add);
        } else {
            PageMap.forEachPrivate(mapping.address(), bytes, into::add);
        }
    }

    private static MemoryLayer required(@Nullable MemoryLayer own) {
        if (own == null) {
            throw new IllegalStateException("closed");
        }
        return own;
    }

    @Override
    public void close() {
        mapping.close();
        closeLayers();
    }

    private void closeLayers() {
        if (own != null) {
            own.close();
            own = null;
        }
        if (layers != null) {
            layers.close();
        }
    }
}
