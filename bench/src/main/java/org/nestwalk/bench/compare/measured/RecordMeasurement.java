package org.nestwalk.bench.compare.measured;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.nestwalk.traces.record.RecordRequest;
import org.nestwalk.traces.record.Recorder;
import org.nestwalk.traces.record.Tool;

/// What recording a program takes, against the same program in QEMU alone: in turns, on the wall
/// and in processor time of QEMU and of this process.
public final class RecordMeasurement {
    private static final int PAIRS = 2;
    private static final Path STATISTICS = Path.of("/proc/self/stat");
    private static final double TICK = 0.01;
    // Counted from behind the process's name, which is in parentheses and can be any text.
    private static final int USER_OF_CHILDREN = 13;
    private static final int SYSTEM_OF_CHILDREN = 14;

    /// @param wall seconds on the clock on the wall
    /// @param process seconds of processor time of this process
    /// @param children those of programs that it has started
    private record Times(double wall, double process, double children) {
        static Times of(Runnable work) {
            double before = ofChildren();
            Clock.Times times = Clock.both(work);
            return new Times(times.wall(), times.process(), ofChildren() - before);
        }
    }

    private RecordMeasurement() {}

    /// Measures `args`: `fetches` or `data`, and the program with its arguments.
    public static void main(String[] args) throws IOException {
        boolean dataOnly = args[0].equals("data");
        List<String> program = List.of(args).subList(1, args.length);
        Path folder = Files.createTempDirectory("nestwalk-record-measurement");
        try {
            Path file = folder.resolve("trace.nwt");
            RecordRequest request =
                    new RecordRequest(program, file, Tool.QEMU, dataOnly, Long.MAX_VALUE);
            Values values = new Values();
            for (int pair = 0; pair < PAIRS; pair++) {
                Times alone = Times.of(() -> alone(program));
                Times recorded = Times.of(() -> Recorder.record(request, _ -> {}));
                values.add("recorded", recorded.wall()).add("alone", alone.wall());
                values.add("ours", recorded.process() / alone.children());
                values.add("qemu", recorded.children() / alone.children());
                Files.delete(file);
            }
            System.out.print(values.text());
        } finally {
            Files.delete(folder);
        }
    }

    private static void alone(List<String> program) {
        try {
            ProcessBuilder builder = new ProcessBuilder("qemu-x86_64").inheritIO();
            builder.command().addAll(program);
            int status = builder.start().waitFor();
            if (status != 0) {
                throw new IllegalStateException(program + " ended with " + status);
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(e);
        }
    }

    private static double ofChildren() {
        try {
            String text = Files.readString(STATISTICS);
            String[] fields = text.substring(text.lastIndexOf(')') + 2).split(" ", -1);
            long user = Long.parseLong(fields[USER_OF_CHILDREN]);
            return TICK * (user + Long.parseLong(fields[SYSTEM_OF_CHILDREN]));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
