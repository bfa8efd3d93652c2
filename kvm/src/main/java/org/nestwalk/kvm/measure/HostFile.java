package org.nestwalk.kvm.measure;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import org.nestwalk.InputException;
import org.nestwalk.kvm.sys.FileDescriptor;
import org.nestwalk.kvm.sys.MappedMemory;
import org.nestwalk.storage.FileStore;
import org.nestwalk.storage.StorageFailure;

/// A file of the host's behind a guest's disk, read through the host's page cache, whose state is
/// set by `posix_fadvise(2)` and read by `mincore(2)`. The file is deleted at the end.
public final class HostFile implements FileStore, AutoCloseable {
    private static final int PAGE = 4096;

    private final Path path;
    private final FileChannel channel;
    private final FileDescriptor descriptor;
    private final MappedMemory mapping;
    private final long pages;
    private final Arena arena = Arena.ofShared();
    private final MemorySegment loaded = arena.allocate(PAGE, Long.BYTES);
    private final long[] words = new long[PAGE_WORDS];
    private long pagesRead;

    /// A new file of `pages` pages in `folder`, all of it on the disk.
    ///
    /// @throws InputException if the file system does not let it
    public HostFile(Path folder, long pages) {
        this.pages = pages;
        try {
            path = Files.createTempFile(folder, "nestwalk-file", ".bin");
            channel = FileChannel.open(path, StandardOpenOption.READ, StandardOpenOption.WRITE);
            ByteBuffer buffer = ByteBuffer.allocate(PAGE).order(ByteOrder.LITTLE_ENDIAN);
            for (long page = 0; page < pages; page++) {
                buffer.clear();
                for (int i = 0; i < PAGE_WORDS; i++) {
                    buffer.putLong(page << 16 | i);
                }
                buffer.flip();
                while (buffer.hasRemaining()) {
                    channel.write(buffer);
                }
            }
            channel.force(true);
        } catch (IOException e) {
            throw new InputException("no file to read in " + folder + ": " + e.getMessage(), e);
        }
        descriptor = FileDescriptor.open(path.toString(), FileDescriptor.READ_WRITE);
        mapping = MappedMemory.shared(descriptor, 0, pages * PAGE);
    }

    /// Has the host forget the file's pages.
    ///
    /// @throws InputException if it keeps them, as a file system in memory does
    public void makeCold() {
        sync();
        descriptor.forget(0, pages * PAGE);
        long left = residentPages();
        if (left > 0) {
            throw new InputException(
                    "the host keeps %d of %d pages of %s in memory; use a folder on a disk"
                            .formatted(left, pages, path));
        }
    }

    /// Has the host read all of the file.
    public void makeWarm() {
        for (long page = 0; page < pages; page++) {
            load(page);
        }
    }

    /// Pages that are in the host's page cache.
    public long residentPages() {
        return mapping.residentPages(0, pages * PAGE);
    }

    private void load(long page) {
        if (descriptor.read(loaded, page * PAGE) != PAGE) {
            throw new StorageFailure(
                    StorageFailure.Kind.BEYOND_END,
                    "page %d of %s, which has become shorter".formatted(page, path));
        }
    }

    @Override
    public long pages(int file) {
        return pages;
    }

    /// Readahead of the host's may have brought a page before.
    @Override
    public void read(int file, long first, int count, PageReceiver into) {
        requireInside(file, first, count);
        for (long page = first; page < first + count; page++) {
            if (mapping.residentPages(page * PAGE, PAGE) == 0) {
                pagesRead++;
            }
            load(page);
            MemorySegment.copy(loaded, ValueLayout.JAVA_LONG, 0, words, 0, PAGE_WORDS);
            into.page(page, words);
        }
    }

    @Override
    public void write(int file, long page, long[] data) {
        throw new UnsupportedOperationException("it is only read");
    }

    @Override
    public void resize(int file, long size) {
        throw new UnsupportedOperationException("it is only read");
    }

    @Override
    public void sync() {
        try {
            channel.force(true);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /// Pages that were read when they were not in the host's page cache.
    public long pagesRead() {
        return pagesRead;
    }

    @Override
    public void close() {
        mapping.close();
        descriptor.close();
        arena.close();
        try {
            channel.close();
            Files.deleteIfExists(path);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
