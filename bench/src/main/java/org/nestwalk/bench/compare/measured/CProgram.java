package org.nestwalk.bench.compare.measured;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.PrintStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/// A C program that runs beside this process: for each line of input, a number, it does something
/// that often, and answers by a line of numbers.
final class CProgram implements AutoCloseable {
    private final PrintStream input;
    private final BufferedReader output;

    /// Starts it.
    CProgram(String path) throws IOException {
        Process process =
                new ProcessBuilder(path).redirectError(ProcessBuilder.Redirect.INHERIT).start();
        input = new PrintStream(process.getOutputStream(), true, StandardCharsets.UTF_8);
        output = process.inputReader(StandardCharsets.UTF_8);
    }

    /// Lets it do its work `times` times.
    ///
    /// @return its answer
    double[] ask(int times) {
        try {
            input.println(times);
            return Arrays.stream(String.valueOf(output.readLine()).split(" ", -1))
                    .mapToDouble(Double::parseDouble)
                    .toArray();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Override
    public void close() throws IOException {
        input.close();
        output.close();
    }
}
