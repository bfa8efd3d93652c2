package org.nestwalk.bench;

import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.zip.GZIPOutputStream;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;
import org.nestwalk.bits.Access;
import org.nestwalk.traces.AccessInfo;
import org.nestwalk.traces.Conversion;
import org.nestwalk.traces.TraceBlock;
import org.nestwalk.traces.TraceFormat;
import org.nestwalk.traces.TraceReader;
import org.nestwalk.traces.Traces;
import org.nestwalk.traces.nwt.NwtHeader;
import org.nestwalk.traces.nwt.NwtWriter;

/// The first [#RECORDS] records of an example trace as a file of another format.
///
/// A record is what the format stores one after the other: of ChampSim's an instruction with all
/// its data accesses, of the others one access.
public enum DecodeInput {
    /// Nestwalk's own.
    NWT("trace.nwt"),
    /// DynamoRIO's: a zip of chunks, deflated.
    DRMEMTRACE("trace.drmemtrace.zip"),
    /// ChampSim's, behind gzip.
    CHAMPSIM("trace.champsim.gz"),
    /// Lackey's text, not compressed.
    LACKEY("trace.lackey");

    /// How many records an input has.
    public static final int RECORDS = 2_000_000;

    private static final int CHUNK = 500_000;
    private static final int HEADER = 25;
    private static final int MARKER = 28;
    private static final int CHUNK_FOOTER = 21;
    private static final int THREAD = 22;
    private static final int THREAD_EXIT = 23;
    private static final int FOOTER = 26;
    private static final int INSTRUCTION = 10;

    private final String file;

    DecodeInput(String file) {
        this.file = file;
    }

    /// Writes the files of all formats to the directory `args[1]`, from the trace `args[0]`.
    public static void main(String[] args) throws IOException {
        Path directory = Files.createDirectories(Path.of(args[1]));
        for (DecodeInput input : values()) {
            input.write(Path.of(args[0]), directory);
        }
    }

    /// Writes the file into `directory` and returns its path.
    public Path write(Path example, Path directory) throws IOException {
        Path path = directory.resolve(file);
        try (TraceReader reader = Traces.open(example)) {
            switch (this) {
                case NWT -> nwt(reader, path);
                case DRMEMTRACE -> drmemtrace(reader, path);
                case CHAMPSIM -> champSim(reader, path);
                case LACKEY -> lackey(reader, path);
            }
        }
        return path;
    }

    private static void nwt(TraceReader reader, Path path) throws IOException {
        try (NwtWriter writer =
                new NwtWriter(Files.newOutputStream(path), path.toString(), NwtHeader.UNKNOWN)) {
            TraceBlock block = new TraceBlock();
            int left = RECORDS;
            while (left > 0 && reader.read(block) > 0) {
                block.count = Math.min(block.count, left);
                writer.write(block);
                left -= block.count;
            }
            writer.finish();
        }
    }

    private static void lackey(TraceReader reader, Path path) {
        Conversion.copy(reader, path, TraceFormat.LACKEY, RECORDS, _ -> {});
    }

    private static void drmemtrace(TraceReader reader, Path path) throws IOException {
        ByteBuffer record = ByteBuffer.allocate(12).order(ByteOrder.LITTLE_ENDIAN);
        try (ZipOutputStream zip = new ZipOutputStream(output(path))) {
            TraceBlock block = new TraceBlock();
            for (int n = 0, i = 0; n < RECORDS; n++, i++) {
                if (n % CHUNK == 0) {
                    if (n > 0) {
                        record.putShort(0, (short) MARKER).putShort(2, (short) CHUNK_FOOTER);
                        zip.write(record.array());
                    }
                    zip.putNextEntry(new ZipEntry("chunk.%08d".formatted(n / CHUNK)));
                }
                if (n == 0) {
                    zip.write(record.putShort(0, (short) HEADER).putLong(4, 7).array());
                    zip.write(record.putShort(0, (short) MARKER).array());
                    zip.write(record.putShort(0, (short) THREAD).array());
                }
                if (i == block.count) {
                    reader.read(block);
                    i = 0;
                }
                int kind = AccessInfo.kind(block.info[i]);
                record.putShort(0, (short) (kind == Access.FETCH ? INSTRUCTION : kind & 1));
                record.putShort(2, (short) AccessInfo.size(block.info[i]));
                zip.write(record.putLong(4, block.address[i]).array());
            }
            zip.write(record.putShort(0, (short) THREAD_EXIT).array());
            zip.write(record.putShort(0, (short) FOOTER).array());
        }
    }

    private static void champSim(TraceReader reader, Path path) throws IOException {
        ByteBuffer record = ByteBuffer.allocate(64).order(ByteOrder.LITTLE_ENDIAN);
        try (OutputStream out = new GZIPOutputStream(output(path))) {
            TraceBlock block = new TraceBlock();
            int written = 0;
            boolean open = false;
            int loads = 0;
            int stores = 0;
            while (written < RECORDS && reader.read(block) > 0) {
                for (int i = 0; i < block.count && written < RECORDS; i++) {
                    int kind = AccessInfo.kind(block.info[i]);
                    if (kind == Access.FETCH) {
                        if (open) {
                            out.write(record.array());
                            written++;
                        }
                        open = true;
                        loads = 0;
                        stores = 0;
                        record.clear().put(new byte[64]).putLong(0, block.address[i]);
                        putRegisters(record, block.address[i]);
                    } else if (kind == Access.LOAD && loads < 4) {
                        record.putLong(32 + 8 * loads++, block.address[i]);
                    } else if (kind != Access.LOAD && stores < 2) {
                        record.putLong(16 + 8 * stores++, block.address[i]);
                    }
                }
            }
        }
    }

    /// Registers that an instruction might name, always the same for the same address.
    private static void putRegisters(ByteBuffer record, long address) {
        int hash = (int) (address * 0x9E3779B97F4A7C15L >>> 40);
        record.put(10, (byte) (1 + (hash & 15)));
        record.put(12, (byte) (1 + (hash >>> 4 & 15)));
        record.put(13, (byte) (hash >>> 8 & 15));
        record.put(15, (byte) ((hash & 0x3000) == 0 ? 25 : 0));
    }

    private static OutputStream output(Path path) throws IOException {
        return new BufferedOutputStream(Files.newOutputStream(path), 1 << 16);
    }
}
