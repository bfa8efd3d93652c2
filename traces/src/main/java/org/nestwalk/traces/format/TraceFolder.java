package org.nestwalk.traces.format;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.AccessDeniedException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.PriorityQueue;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.nestwalk.InputException;
import org.nestwalk.traces.TraceBlock;
import org.nestwalk.traces.TraceDigest;
import org.nestwalk.traces.TraceFormat;

/// A folder of DynamoRIO's with one drmemtrace file a thread, read as one trace.
///
/// Threads take turns as they did on the recorded machine: next is always the one with the earliest
/// timestamp, up to its next timestamp; of equal ones, the first by the file's name. Files may be
/// compressed, each in its own way; what DynamoRIO puts beside them (schedules, maps) is skipped.
/// Sources: DynamoRIO, clients/drcachesim/reader/file_reader.h (of before 2023) and
/// scheduler/scheduler.cpp (`DEPENDENCY_TIMESTAMPS`).
public final class TraceFolder extends DecodedReader {
    private static final int WINDOW = 1 << 16;
    private static final String SUBFOLDER = "trace";
    private static final List<String> BESIDE =
            List.of(
                    "serial_schedule",
                    "cpu_schedule",
                    "v2p.",
                    "funclist.log",
                    "modules.log",
                    "encodings.bin",
                    ".");

    /// One thread's file.
    private record Member(DrmemtraceReader reader, int index) implements Comparable<Member> {
        @Override
        public int compareTo(Member other) {
            int byTime = Long.compareUnsigned(reader.timestamp(), other.reader.timestamp());
            return byTime != 0 ? byTime : Integer.compare(index, other.index);
        }
    }

    private final String name;
    private final ProcessChoice processes;
    private final List<DrmemtraceReader> readers = new ArrayList<>();
    private final PriorityQueue<Member> waiting = new PriorityQueue<>();
    private @Nullable Member current;

    /// Opens all of `files`, of the folder called `name`; only the process called `process` is
    /// read, if that is not null.
    public TraceFolder(String name, List<Path> files, @Nullable Long process) {
        this.name = name;
        processes = new ProcessChoice(process);
        ThreadNumbers threads = new ThreadNumbers(name);
        try {
            for (Path file : files) {
                ByteInput input = open(file);
                DrmemtraceReader reader = new DrmemtraceReader(input, threads, processes, true);
                readers.add(reader);
                waiting.add(new Member(reader, waiting.size()));
            }
        } catch (InputException e) {
            readers.forEach(DrmemtraceReader::close);
            throw e;
        }
    }

    /// The traces in the folder at `path`, or in its subfolder `trace`, in order of their names.
    ///
    /// @throws InputException if there are none
    public static List<Path> files(Path path) {
        Path folder = Files.isDirectory(path.resolve(SUBFOLDER)) ? path.resolve(SUBFOLDER) : path;
        try (Stream<Path> all = Files.list(folder)) {
            List<Path> files =
                    all.filter(Files::isRegularFile).filter(f -> !isBeside(f)).sorted().toList();
            if (files.isEmpty()) {
                throw new InputException(
                        path
                                + ": this directory holds no traces; name a trace file, or a"
                                + " directory with one drmemtrace file a thread");
            }
            return files;
        } catch (IOException e) {
            throw new InputException(path + ": the directory cannot be read", e);
        }
    }

    private static boolean isBeside(Path file) {
        String name = file.getFileName().toString();
        return BESIDE.stream().anyMatch(name::startsWith);
    }

    private static ByteInput open(Path file) {
        InputStream stream = null;
        try {
            stream = Files.newInputStream(file);
            ByteInput input =
                    new ByteInput(
                            Decompression.open(stream, file.toString()), file.toString(), WINDOW);
            TraceFormat format = Detection.detect(input);
            if (format != TraceFormat.DRMEMTRACE) {
                throw new InputException(
                        file
                                + ": this is "
                                + format.description()
                                + "; a directory is read as one trace where it holds nothing but"
                                + " drmemtrace files, one a thread. Name this file instead");
            }
            return input;
        } catch (AccessDeniedException e) {
            throw new InputException(file + ": it may not be read", e);
        } catch (IOException e) {
            throw new InputException(file + ": cannot be read (" + e.getMessage() + ")", e);
        } catch (InputException e) {
            closeQuietly(stream);
            throw e;
        }
    }

    private static void closeQuietly(@Nullable InputStream stream) {
        try {
            if (stream != null) {
                stream.close();
            }
        } catch (IOException e) {
            // Nothing was written; there is nothing to lose.
        }
    }

    @Override
    void decode(TraceBlock block) {
        while (block.hasRoom()) {
            Member member = current == null ? waiting.poll() : current;
            if (member == null) {
                processes.requireSeen(name);
                return;
            }
            member.reader.decode(block);
            current = member;
            if (member.reader.isPaused()) {
                waiting.add(member);
                current = null;
            } else if (member.reader.hasEnded()) {
                member.reader.close();
                current = null;
            } else if (block.hasRoom()) {
                return; // A bundle does not fit any more.
            }
        }
    }

    @Override
    public long nonFetched() {
        return readers.stream().mapToLong(DrmemtraceReader::nonFetched).sum();
    }

    /// What any of the files says; of different architectures, the first.
    @Override
    public TraceDetails details() {
        List<TraceDetails> all = readers.stream().map(DrmemtraceReader::details).toList();
        TraceDetails first = all.getFirst();
        return new TraceDetails(
                first.architecture(),
                first.pageSize(),
                processes.included(),
                all.stream()
                        .map(TraceDetails::note)
                        .filter(n -> n != null)
                        .findFirst()
                        .orElse(null),
                all.stream().flatMap(d -> d.warnings().stream()).distinct().toList());
    }

    @Override
    public void close() {
        readers.forEach(DrmemtraceReader::close);
    }

    /// The SHA-256 of lines `digest name` of all files, as `sha256sum * | sha256sum` gives it.
    ///
    /// @param files of the folder, in order
    public record Digest(List<Path> files) implements ContentDigest {
        /// Copies the list.
        public Digest {
            files = List.copyOf(files);
        }

        @Override
        public String finish() {
            MessageDigest lines = TraceDigest.sha256();
            for (Path file : files) {
                MessageDigest sha = TraceDigest.sha256();
                try {
                    FileDigest.update(sha, file);
                } catch (IOException e) {
                    throw new InputException(file + ": cannot be read (" + e.getMessage() + ")", e);
                }
                String line =
                        HexFormat.of().formatHex(sha.digest()) + "  " + file.getFileName() + "\n";
                lines.update(line.getBytes(StandardCharsets.UTF_8));
            }
            return HexFormat.of().formatHex(lines.digest());
        }

        @Override
        public void close() {}
    }
}
