package org.nestwalk.guest.kernel;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.LongStream;
import org.nestwalk.InputException;
import org.nestwalk.bits.PageSize;
import org.nestwalk.machine.KernelCpu;
import org.nestwalk.machine.SoftwareCosts;
import org.nestwalk.memory.Longs;

/// The files of a guest, which are in its memory and nowhere else, as on Linux's tmpfs: a page
/// cache without a disk behind it. A page gets a frame when it is first written.
final class MemoryFiles implements GuestFiles {
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

    @Override
    public void read(
            KernelCpu cpu, AddressSpace space, int file, long offset, long start, long bytes) {
        for (long done = 0; done < bytes; ) {
            long length = Copies.within(offset + done, start + done, bytes - done);
            long to = Copies.reach(cpu, faults, space, start + done, true);
            Long frame = pages(file).get((offset + done) / PAGE);
            Copies.copy(
                    cpu, costs, frame == null ? -1 : frame + (offset + done) % PAGE, to, length);
            done += length;
        }
    }

    @Override
    public void write(
            KernelCpu cpu, AddressSpace space, int file, long offset, long start, long bytes) {
        for (long done = 0; done < bytes; ) {
            long length = Copies.within(offset + done, start + done, bytes - done);
            long from = Copies.reach(cpu, faults, space, start + done, false);
            Long frame = pages(file).get((offset + done) / PAGE);
            if (frame == null) {
                frame = frames.allocate();
                pages(file).put((offset + done) / PAGE, frame);
            }
            Copies.copy(cpu, costs, from, frame + (offset + done) % PAGE, length);
            done += length;
        }
    }

    private Map<Long, Long> pages(int file) {
        return files.computeIfAbsent(file, _ -> new TreeMap<>());
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

    @Override
    public void close() {
        files.values().forEach(pages -> pages.values().forEach(frames::free));
        files.clear();
    }
}
