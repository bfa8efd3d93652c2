package org.nestwalk.guest.kernel;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.LongStream;
import org.nestwalk.InputException;
import org.nestwalk.bits.PageFaultCode;
import org.nestwalk.bits.PageSize;
import org.nestwalk.bits.PagingEntry;
import org.nestwalk.machine.Cost;
import org.nestwalk.machine.KernelCpu;
import org.nestwalk.machine.SoftwareCosts;
import org.nestwalk.memory.Longs;

/// The files of a guest, which are in its memory and nowhere else, as on Linux's tmpfs: a page
/// cache without a disk behind it. A page gets a frame when it is first written.
final class MemoryFiles {
    private static final PageSize SMALL = PageSize.SIZE_4K;
    private static final long PAGE = SMALL.bytes();

    private final SoftwareCosts costs;
    private final GuestFrames frames;
    private final PageFaults faults;

    // By the file's number, and the page's index.
    private final TreeMap<Integer, TreeMap<Long, Long>> files = new TreeMap<>();

    MemoryFiles(SoftwareCosts costs, GuestFrames frames, PageFaults faults) {
        this.costs = costs;
        this.frames = frames;
        this.faults = faults;
    }

    /// Copies `bytes` of a file from `offset` to memory.
    ///
    /// @throws org.nestwalk.machine.GuestFailure if memory may not be written, or there is none
    void read(KernelCpu cpu, AddressSpace space, int file, long offset, long start, long bytes) {
        for (long done = 0; done < bytes; ) {
            long length = within(offset + done, start + done, bytes - done);
            long to = reach(cpu, space, start + done, true);
            Long frame = pages(file).get((offset + done) / PAGE);
            copy(cpu, frame == null ? -1 : frame + (offset + done) % PAGE, to, length);
            done += length;
        }
    }

    /// Copies `bytes` of memory to a file, from `offset` on.
    ///
    /// @throws org.nestwalk.machine.GuestFailure if memory may not be read, or there is none for
    ///   the file
    void write(KernelCpu cpu, AddressSpace space, int file, long offset, long start, long bytes) {
        for (long done = 0; done < bytes; ) {
            long length = within(offset + done, start + done, bytes - done);
            long from = reach(cpu, space, start + done, false);
            Long frame = pages(file).get((offset + done) / PAGE);
            if (frame == null) {
                frame = frames.allocate();
                pages(file).put((offset + done) / PAGE, frame);
            }
            copy(cpu, from, frame + (offset + done) % PAGE, length);
            done += length;
        }
    }

    private Map<Long, Long> pages(int file) {
        return files.computeIfAbsent(file, _ -> new TreeMap<>());
    }

    /// How much of a copy lies within one page on both sides.
    private static long within(long offset, long gva, long bytes) {
        return Math.min(bytes, PAGE - Math.max(offset % PAGE, gva % PAGE));
    }

    /// The guest-physical address of `gva`, as the kernel reaches it for the program: with the
    /// faults that it takes, and the flags that the processor would set.
    private long reach(KernelCpu cpu, AddressSpace space, long gva, boolean write) {
        long code = write ? PageFaultCode.WRITE : 0;
        long entry = space.entry(gva);
        if (!PagingEntry.isPresent(entry) || (write && (entry & PagingEntry.WRITE) == 0)) {
            faults.handle(cpu, space, gva, code);
        }
        space.setBits(gva, 0, PagingEntry.ACCESSED | (write ? PagingEntry.DIRTY : 0));
        return space.translate(gva);
    }

    /// Copies words within a page.
    ///
    /// @param from -1 for zeroes
    private void copy(KernelCpu cpu, long from, long to, long bytes) {
        cpu.spend(Cost.GUEST_COPYING, costs.copying() * bytes / PAGE);
        for (long at = 0; at < bytes; at += Long.BYTES) {
            cpu.store(to + at, from < 0 ? 0 : cpu.load(from + at));
        }
    }

    /// As data.
    List<KernelState.FileState> save() {
        List<KernelState.FileState> saved = new ArrayList<>();
        files.forEach((number, pages) -> {
            LongStream.Builder words = LongStream.builder();
            for (Map.Entry<Long, Long> page : pages.entrySet()) {
                words.add(page.getKey()).add(page.getValue());
            }
            saved.add(new KernelState.FileState(number, Longs.of(words.build().toArray())));
        });
        return saved;
    }

    /// Becomes, from being empty, what `saved` says.
    ///
    /// @throws InputException if that makes no sense
    void restore(List<KernelState.FileState> saved) {
        for (KernelState.FileState file : saved) {
            Map<Long, Long> pages = pages(file.number());
            if (!pages.isEmpty() || file.pages().size() % 2 != 0) {
                throw new InputException(
                        "file %d is there twice, or half a page of it".formatted(file.number()));
            }
            for (int i = 0; i < file.pages().size(); i += 2) {
                pages.put(file.pages().get(i), file.pages().get(i + 1));
            }
        }
    }

    /// Gives all frames back.
    void close() {
        files.values().forEach(pages -> pages.values().forEach(frames::free));
        files.clear();
    }
}
