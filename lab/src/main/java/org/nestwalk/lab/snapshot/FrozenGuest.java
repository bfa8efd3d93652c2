package org.nestwalk.lab.snapshot;

import java.nio.channels.WritableByteChannel;
import java.nio.file.Path;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.nestwalk.InputException;
import org.nestwalk.bits.PageSize;
import org.nestwalk.guest.kernel.GuestKernel;
import org.nestwalk.guest.kernel.GuestState;
import org.nestwalk.machine.Capability;
import org.nestwalk.machine.FrozenMemory;
import org.nestwalk.machine.GuestMemory;
import org.nestwalk.machine.Machine;
import org.nestwalk.machine.VirtualMachine;
import org.nestwalk.machine.state.MemoryImage;
import org.nestwalk.machine.state.VmState;
import org.nestwalk.memory.PageSet;

/// A guest at one moment, to be written to a file while it runs on. Where the machine cannot freeze
/// memory it must not run before it is written.
public final class FrozenGuest implements AutoCloseable {
    private final GuestState state;
    private final String machine;
    private final @Nullable FrozenMemory frozen;
    private final PageReader reader;
    private final PageSet pages;

    private FrozenGuest(
            GuestState state,
            String machine,
            @Nullable FrozenMemory frozen,
            PageReader reader,
            PageSet pages) {
        this.state = state;
        this.machine = machine;
        this.frozen = frozen;
        this.reader = reader;
        this.pages = pages;
    }

    /// Reads pages of memory.
    @FunctionalInterface
    interface PageReader {
        /// Copies the page at `gpa` to `words`.
        void readPage(long gpa, long[] words);
    }

    /// The guest of `kernel` in `vm` of `machine`, now.
    ///
    /// @throws InputException as [GuestState#saveCpus]
    public static FrozenGuest of(Machine machine, VirtualMachine vm, GuestKernel kernel) {
        return vm.exclusively(() -> {
            vm.bringBackMemory();
            GuestState cpus = GuestState.saveCpus(kernel);
            GuestState state =
                    new GuestState(withMemory(cpus.vm(), largePages(vm).build()), cpus.kernel());
            PageSet pages = new PageSet();
            if (machine.capabilities().contains(Capability.FORK)) {
                FrozenMemory frozen = vm.freeze();
                frozen.pages(pages);
                return new FrozenGuest(state, machine.name(), frozen, frozen::readPage, pages);
            }
            vm.secondLevel().backedPages(vm.settings().memoryBytes(), pages);
            return new FrozenGuest(state, machine.name(), null, vm.memory()::readPage, pages);
        });
    }

    static VmState withMemory(VmState vm, MemoryImage memory) {
        return new VmState(vm.settings(), vm.cpus(), memory, vm.background());
    }

    private static MemoryImage.Builder largePages(VirtualMachine vm) {
        MemoryImage.Builder image = new MemoryImage.Builder();
        long step = PageSize.SIZE_2M.bytes();
        for (long gpa = 0; gpa < vm.settings().memoryBytes(); gpa += step) {
            if (vm.secondLevel().pageSize(gpa) == PageSize.SIZE_2M) {
                image.largePage(gpa);
            }
        }
        return image;
    }

    /// Whether the guest may run on before all is written.
    public boolean isFrozen() {
        return frozen != null;
    }

    /// Its state, but for its memory.
    public GuestState state() {
        return state;
    }

    /// Creates or replaces `file`, whole or not at all.
    ///
    /// @param base a snapshot of the same virtual machine; if there is one, only pages that differ
    ///   from it are written
    /// @return the digest of the whole, in hexadecimal
    /// @throws InputException if it cannot be written, or the base is one of other memory
    public String write(Path file, @Nullable SnapshotFile base) {
        SnapshotHead head = head(file, base);
        return SnapshotWriter.write(file, head, writer -> content(writer, base));
    }

    /// As [#write], all of it to a channel that messages call `name`.
    String writeTo(WritableByteChannel channel, String name) {
        SnapshotHead head = head(Path.of(name), null);
        return SnapshotWriter.writeTo(channel, name, head, writer -> content(writer, null));
    }

    private byte[] content(SnapshotWriter writer, @Nullable SnapshotFile base) {
        blocks(writer, state.vm().settings().memoryBytes(), pages, reader, base);
        return StateText.write(state);
    }

    private SnapshotHead head(Path file, @Nullable SnapshotFile base) {
        long bytes = state.vm().settings().memoryBytes();
        int cpus = state.vm().settings().cpus();
        List<SnapshotHead.Trace> traces = SavedPrograms.traces(state.kernel());
        if (base == null) {
            return new SnapshotHead(SnapshotHead.Kind.FULL, bytes, cpus, machine, null, traces);
        }
        requireBaseOf(bytes, base);
        return new SnapshotHead(
                SnapshotHead.Kind.DIFFERENCE, bytes, cpus, machine, reference(file, base), traces);
    }

    /// Checks that `base` can be the base of a snapshot of `bytes` of memory.
    ///
    /// @throws InputException if it cannot
    static void requireBaseOf(long bytes, SnapshotFile base) {
        SnapshotHead head = base.head();
        if (head.kind() == SnapshotHead.Kind.WORKING_SET) {
            SnapshotHead.Base whole = head.base();
            throw new InputException(
                    "%s: is a working set, which has some pages and no virtual machine; name the snapshot%s"
                            .formatted(
                                    base.path(),
                                    whole == null ? "" : " that it is of, " + whole.file()));
        }
        if (head.memoryBytes() != bytes) {
            throw new InputException(
                    "%s: has %,d bytes of memory, and cannot be the base of a snapshot of %,d; use one of the same virtual machine"
                            .formatted(base.path(), head.memoryBytes(), bytes));
        }
    }

    /// How `file` names `base`.
    static SnapshotHead.Base reference(Path file, SnapshotFile base) {
        Path folder = file.toAbsolutePath().normalize().getParent();
        Path target = base.path().toAbsolutePath().normalize();
        if (target.equals(file.toAbsolutePath().normalize())) {
            throw new InputException(
                    "%s: a snapshot cannot take the place of its base; choose another file"
                            .formatted(file));
        }
        String name = folder == null ? target.toString() : folder.relativize(target).toString();
        return new SnapshotHead.Base(name, base.sha256());
    }

    /// Writes those of `pages` that hold anything, and differ from `base`, block by block.
    static void blocks(
            SnapshotWriter writer,
            long memoryBytes,
            PageSet pages,
            PageReader reader,
            @Nullable SnapshotFile base) {
        long[] words = new long[GuestMemory.PAGE_WORDS];
        long[] before = new long[GuestMemory.PAGE_WORDS];
        BlockBuffer block = new BlockBuffer();
        PageSet looked = new PageSet();
        looked.addAll(pages);
        if (base != null) {
            base.pages(looked);
        }
        for (long gpa = 0; gpa < memoryBytes; gpa += SnapshotFormat.BLOCK_SPAN) {
            long span = Math.min(SnapshotFormat.BLOCK_SPAN, memoryBytes - gpa);
            if (looked.count(gpa, span) == 0) {
                continue;
            }
            block.clear();
            for (long page = gpa; page < gpa + span; page += SnapshotFormat.PAGE) {
                if (looked.contains(page)) {
                    reader.readPage(page, words);
                    boolean inBase = base != null && base.has(page);
                    if (inBase && base != null) {
                        long _ = base.read(page, before);
                    }
                    block.add(page, words, inBase ? before : null);
                }
            }
            if (!block.isEmpty()) {
                block.write(writer, gpa);
            }
        }
    }

    @Override
    public void close() {
        if (frozen != null) {
            frozen.close();
        }
    }
}
