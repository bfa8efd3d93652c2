package org.nestwalk.lab.snapshot;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.nestwalk.InputException;
import org.nestwalk.bits.PageSize;
import org.nestwalk.guest.ProgramOpener;
import org.nestwalk.guest.kernel.GuestKernel;
import org.nestwalk.guest.kernel.GuestState;
import org.nestwalk.hypervisor.lazy.LazyMemory;
import org.nestwalk.machine.GuestMemory;
import org.nestwalk.machine.VirtualMachine;
import org.nestwalk.machine.state.MemoryImage;
import org.nestwalk.memory.PageSet;

/// Goes on from snapshots, and keeps what was needed for it.
public final class Restores {
    private Restores() {}

    /// Goes on in `vm` with all memory loaded. Everything is read and checked before `vm` is
    /// touched.
    ///
    /// @throws org.nestwalk.InputException if the snapshot is damaged, or does not fit `vm`
    /// @throws org.nestwalk.machine.GuestFailure if the host has no memory left
    public static GuestKernel eagerly(
            SnapshotFile file, VirtualMachine vm, ProgramOpener programs) {
        return eagerly(file, file.state(), vm, programs, PageSize.SIZE_4K);
    }

    /// Goes on in `vm` from `state` with all memory of `file` loaded.
    ///
    /// @param backing of memory that the snapshot has anything of, as far as large pages can be had
    /// @throws org.nestwalk.InputException as [#eagerly(SnapshotFile, VirtualMachine,
    ///   ProgramOpener)]
    static GuestKernel eagerly(
            SnapshotFile file,
            GuestState state,
            VirtualMachine vm,
            ProgramOpener programs,
            PageSize backing) {
        MemoryImage.Builder image = new MemoryImage.Builder();
        PageSet pages = new PageSet();
        file.pages(pages);
        if (backing == PageSize.SIZE_4K) {
            state.vm().memory().largePages().forEach(image::largePage);
        } else {
            long step = backing.bytes();
            for (long gpa = 0; gpa < file.head().memoryBytes(); gpa += step) {
                if (pages.count(gpa, step) > 0) {
                    image.largePage(gpa);
                }
            }
        }
        long[] words = new long[GuestMemory.PAGE_WORDS];
        pages.forEach(page -> {
            long _ = file.read(page, words);
            image.page(page, words);
        });
        return new GuestState(FrozenGuest.withMemory(state.vm(), image.build()), state.kernel())
                .restore(vm, programs);
    }

    /// Goes on in `vm`, to which `memory` is attached, with nothing loaded. Tables of the guest are
    /// checked as they are.
    ///
    /// @throws org.nestwalk.InputException as [#eagerly]
    public static GuestKernel lazily(
            SnapshotFile file, VirtualMachine vm, LazyMemory memory, ProgramOpener programs) {
        return lazily(file.state(), vm, memory, programs);
    }

    /// As the other, from `state`.
    static GuestKernel lazily(
            GuestState state, VirtualMachine vm, LazyMemory memory, ProgramOpener programs) {
        vm.attach(memory);
        return state.resume(vm, programs, memory);
    }

    /// Where the working set of the snapshot at `file` is kept.
    public static Path workingSetOf(Path file) {
        return file.resolveSibling(file.getFileName() + ".ws");
    }

    /// Keeps `pages` of `file` as its working set, so that all can be had in one read.
    ///
    /// @throws org.nestwalk.InputException if it cannot be written
    public static void keepWorkingSet(SnapshotFile file, PageSet pages) {
        Path path = workingSetOf(file.path());
        SnapshotHead head =
                new SnapshotHead(
                        SnapshotHead.Kind.WORKING_SET,
                        file.head().memoryBytes(),
                        file.head().cpus(),
                        file.head().machine(),
                        FrozenGuest.reference(path, file),
                        List.of());
        FrozenGuest.PageReader reader =
                (gpa, words) -> {
                    long _ = file.read(gpa, words);
                };
        String _ =
                SnapshotWriter.write(
                        path,
                        head,
                        writer -> {
                            FrozenGuest.blocks(
                                    writer, file.head().memoryBytes(), pages, reader, null);
                            return new byte[0];
                        });
    }

    /// Whether a working set of `file` was kept.
    public static boolean hasWorkingSet(SnapshotFile file) {
        return Files.exists(workingSetOf(file.path()));
    }

    /// The working set that is kept beside `file`.
    ///
    /// @throws InputException if what is there is none, or another snapshot's
    public static SnapshotFile workingSet(SnapshotFile file) {
        Path path = workingSetOf(file.path());
        String cure = "; restore %s lazily, which keeps a new one".formatted(file.path());
        SnapshotFile set;
        try {
            set = SnapshotFile.open(path);
        } catch (InputException e) {
            throw new InputException(e.getMessage() + cure, e);
        }
        SnapshotHead.Base base = set.head().base();
        if (set.head().kind() != SnapshotHead.Kind.WORKING_SET
                || base == null
                || !base.sha256().equals(file.sha256())) {
            set.close();
            throw new InputException(path + ": is no working set of this snapshot" + cure);
        }
        return set;
    }
}
