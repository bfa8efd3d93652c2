package org.nestwalk.traces;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;

/// Writes small drmemtrace traces, record by record.
public final class Records {
    private final ByteArrayOutputStream bytes = new ByteArrayOutputStream();

    /// Any record.
    public Records add(int type, int size, long address) {
        ByteBuffer record = ByteBuffer.allocate(12).order(ByteOrder.LITTLE_ENDIAN);
        record.putShort((short) type).putShort((short) size).putLong(address);
        bytes.writeBytes(record.array());
        return this;
    }

    /// How version 7 begins a thread's file: with this file type, base page size and timestamp.
    public static Records header(
            int filetype, long pageSize, long thread, long process, long time) {
        return new Records()
                .add(25, 0, 7)
                .marker(12, 7)
                .marker(9, filetype)
                .add(22, 4, thread)
                .add(24, 4, process)
                .marker(10, 64)
                .marker(20, 10_000_000)
                .marker(18, pageSize)
                .marker(2, time)
                .marker(3, 0);
    }

    /// The same for thread 1 of process 1 on x86-64.
    public static Records header() {
        return header(0x40, 4096, 1, 1, 100);
    }

    /// A marker.
    public Records marker(int type, long value) {
        return add(28, type, value);
    }

    /// A timestamp.
    public Records time(long value) {
        return marker(2, value);
    }

    /// A fetch of 4 bytes.
    public Records fetch(long address) {
        return add(10, 4, address);
    }

    /// A load of 8 bytes.
    public Records load(long address) {
        return add(0, 8, address);
    }

    /// The end of a trace of thread 1.
    public Records end() {
        return add(23, 4, 1).add(26, 0, 0);
    }

    /// All of it.
    public byte[] bytes() {
        return bytes.toByteArray();
    }

    /// `records` cut into `count` chunks in a zip, with chunk footers, as DynamoRIO writes it.
    public static byte[] zip(byte[] records, int count) {
        String[] names = new String[count];
        Arrays.setAll(names, i -> "chunk.%010d".formatted(i));
        return zip(records, names);
    }

    /// The same with entries of other names.
    public static byte[] zip(byte[] records, String... names) {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        int total = records.length / 12;
        try (ZipOutputStream zip = new ZipOutputStream(out)) {
            for (int i = 0; i < names.length; i++) {
                zip.putNextEntry(new ZipEntry(names[i]));
                int from = 12 * (total * i / names.length);
                int to = 12 * (total * (i + 1) / names.length);
                zip.write(records, from, to - from);
                if (i + 1 < names.length) {
                    zip.write(new Records().marker(21, i).bytes());
                }
                zip.closeEntry();
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return out.toByteArray();
    }
}
