package org.nestwalk.bench.compare.measured;

import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.zip.GZIPOutputStream;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;
import org.nestwalk.bench.Streams;
import org.nestwalk.traces.TraceFormat;

/// Traces in other tools' formats, of the stream zipf: the records that `yardstick/gen.cc` writes,
/// compressed as those tools compress, and lackey's text, as it is.
public enum DecodingInput {
    /// DynamoRIO's zip: for each access an instruction and the access, in records of 12 bytes.
    DRMEMTRACE(TraceFormat.DRMEMTRACE, "zipf.drmemtrace.zip", 4_000_000) {
        @Override
        void write(OutputStream file, long[] accesses) throws IOException {
            try (ZipOutputStream zip = new ZipOutputStream(file)) {
                zip.putNextEntry(new ZipEntry("chunk.00000000"));
                try (OutputStream out = new BufferedOutputStream(zip, BUFFER)) {
                    writeDrmemtrace(out, accesses);
                }
            }
        }

        @Override
        public long records() {
            return 2L * accesses() + DRMEMTRACE_FRAME;
        }
    },
    /// ChampSim's records of 64 bytes, one for each access, in gzip.
    CHAMPSIM(TraceFormat.CHAMPSIM, "zipf.champsim.gz", 4_000_000) {
        @Override
        void write(OutputStream file, long[] accesses) throws IOException {
            try (OutputStream out =
                    new BufferedOutputStream(new GZIPOutputStream(file, BUFFER), BUFFER)) {
                writeChampSim(out, accesses);
            }
        }
    },
    /// Lackey's text, a line for each access.
    LACKEY(TraceFormat.LACKEY, "zipf.lackey", 8_000_000) {
        @Override
        void write(OutputStream file, long[] accesses) throws IOException {
            try (OutputStream out = new BufferedOutputStream(file, BUFFER)) {
                for (long access : accesses) {
                    String line = " L " + Long.toHexString(access) + ",8\n";
                    out.write(line.getBytes(StandardCharsets.US_ASCII));
                }
            }
        }
    };

    private static final int BUFFER = 1 << 16;
    private static final int DRMEMTRACE_FRAME = 11;
    private static final long CODE = 0x401000;

    private final TraceFormat format;
    private final String fileName;
    private final int accesses;

    DecodingInput(TraceFormat format, String fileName, int accesses) {
        this.format = format;
        this.fileName = fileName;
        this.accesses = accesses;
    }

    /// The format, which the contents alone need not tell.
    public TraceFormat format() {
        return format;
    }

    /// Records of the format in the file.
    public long records() {
        return accesses;
    }

    int accesses() {
        return accesses;
    }

    abstract void write(OutputStream file, long[] accesses) throws IOException;

    /// Writes the file into `directory` unless it is there, and returns it.
    public Path in(Path directory) {
        return in(directory, accesses);
    }

    /// The same for the first `accesses` accesses of the stream.
    Path in(Path directory, int accesses) {
        Path file = directory.resolve(fileName);
        if (Files.exists(file)) {
            return file;
        }
        Path partial = directory.resolve(fileName + ".partial");
        try {
            Files.createDirectories(directory);
            try (OutputStream out = Files.newOutputStream(partial)) {
                write(out, Streams.of("yardstick-zipf", accesses));
            }
            return Files.move(partial, file);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static void writeDrmemtrace(OutputStream out, long[] accesses) throws IOException {
        int marker = 28;
        int load = 0;
        int instruction = 10;
        record(out, 25, 0, 7);
        record(out, marker, 12, 7);
        record(out, marker, 9, 0x40);
        record(out, 22, 0, 1234);
        record(out, 24, 0, 1234);
        record(out, marker, 10, 64);
        record(out, marker, 18, 4096);
        record(out, marker, 2, 13_300_000_000_000_000L);
        record(out, marker, 3, 0);
        for (int i = 0; i < accesses.length; i++) {
            record(out, instruction, 4, CODE + 4L * (i & 15));
            record(out, load, 8, accesses[i]);
        }
        record(out, 23, 0, 1234);
        record(out, 26, 0, 0);
    }

    private static void record(OutputStream out, int type, int size, long address)
            throws IOException {
        ByteBuffer record = ByteBuffer.allocate(12).order(ByteOrder.LITTLE_ENDIAN);
        record.putShort((short) type).putShort((short) size).putLong(address);
        out.write(record.array());
    }

    private static void writeChampSim(OutputStream out, long[] accesses) throws IOException {
        ByteBuffer record = ByteBuffer.allocate(64).order(ByteOrder.LITTLE_ENDIAN);
        for (int i = 0; i < accesses.length; i++) {
            record.putLong(0, CODE + 4L * (i & 15));
            record.put(10, (byte) (1 + (i & 3)));
            record.put(12, (byte) 10);
            record.putLong(32, accesses[i]);
            out.write(record.array());
        }
    }
}
