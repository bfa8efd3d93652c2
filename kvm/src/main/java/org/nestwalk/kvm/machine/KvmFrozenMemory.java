package org.nestwalk.kvm.machine;

import static java.lang.foreign.ValueLayout.JAVA_LONG;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.BitSet;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.nestwalk.bits.PageSize;
import org.nestwalk.machine.FrozenMemory;
import org.nestwalk.machine.GuestMemory;
import org.nestwalk.machine.VirtualMachine;
import org.nestwalk.machine.VmSettings;
import org.nestwalk.memory.PageSet;

/// Frozen memory on KVM: layers that virtual machines map privately.
///
/// A page that nobody had touched is backed, with zeroes, and for all at once, when one of them
/// first touches it: the host's kernel gives a file a page when a hole in it is read. Such pages
/// may be among [#pages] unless these were asked for before.
final class KvmFrozenMemory implements FrozenMemory {
    private static final long PAGE = PageSize.SIZE_4K.bytes();

    private final KvmMachine owner;
    private final VmSettings settings;
    private final Layers layers;
    private final BitSet roots;
    private final ControlImage.Written control;
    private final Arena arena = Arena.ofShared();
    private final MemorySegment buffer = arena.allocate(PAGE, PAGE);
    private @Nullable PageSet pages;
    private boolean closed;

    /// @param layers the caller's until this returns, and then its own
    /// @param roots the guest's root tables, whose hidden entries are not part of what it sees
    /// @param control of which a user is added
    KvmFrozenMemory(
            KvmMachine owner,
            VmSettings settings,
            Layers layers,
            BitSet roots,
            ControlImage.Written control) {
        this.owner = owner;
        this.settings = settings;
        this.layers = layers;
        this.roots = roots;
        this.control = control.share();
    }

    @Override
    public long bytes() {
        return settings.memoryBytes();
    }

    @Override
    public long read(long gpa) {
        Objects.checkFromIndexSize(gpa, Long.BYTES, bytes());
        if (RootTables.hides(roots, gpa)) {
            return 0;
        }
        fetch(gpa, Long.BYTES);
        return buffer.get(JAVA_LONG, 0);
    }

    @Override
    public void readPage(long gpa, long[] words) {
        Objects.checkFromIndexSize(gpa, PAGE, bytes());
        fetch(gpa, PAGE);
        MemorySegment.copy(buffer, JAVA_LONG, 0, words, 0, GuestMemory.PAGE_WORDS);
        if (RootTables.hides(roots, gpa + RootTables.OFFSET)) {
            words[(int) RootTables.OFFSET / Long.BYTES] = 0;
        }
    }

    private void fetch(long gpa, long bytes) {
        requireOpen();
        MemorySegment part = buffer.asSlice(0, bytes);
        MemoryLayer layer = layers.layerAt(gpa);
        if (layer == null || layer.file().read(part, gpa) != bytes) {
            part.fill((byte) 0);
        }
    }

    @Override
    public void pages(PageSet into) {
        requireOpen();
        if (pages == null) {
            pages = backed();
        }
        into.addAll(pages);
    }

    private PageSet backed() {
        PageSet found = new PageSet();
        for (Layers.Extent extent : layers.extents()) {
            if (extent.layer() != null) {
                extent.layer().file().forEachData(extent.from(), extent.to(), found::add);
            }
        }
        return found;
    }

    /// @throws org.nestwalk.InputException also if no more files or mappings may be had
    @Override
    public VirtualMachine fork(String name) {
        requireOpen();
        VmSettings child =
                new VmSettings(
                        name,
                        settings.memoryBytes(),
                        settings.cpus(),
                        settings.mode(),
                        settings.protection());
        return owner.register(
                name, () -> KvmVirtualMachine.create(owner, child, layers, control, roots));
    }

    private void requireOpen() {
        if (closed) {
            throw new IllegalStateException(
                    "the frozen memory of %s is closed".formatted(settings.name()));
        }
    }

    @Override
    public void close() {
        if (!closed) {
            closed = true;
            owner.steps().release(layers);
            control.close();
            arena.close();
            owner.closed(this);
        }
    }
}
