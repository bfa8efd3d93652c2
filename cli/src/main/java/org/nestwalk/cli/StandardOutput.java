package org.nestwalk.cli;

import java.io.IOException;
import java.io.OutputStream;
import java.io.OutputStreamWriter;
import java.io.PrintWriter;
import java.nio.charset.Charset;
import org.nestwalk.InputException;

/// Standard output that fails aloud.
///
/// `System.out` and every [PrintWriter] swallow errors: a full disk or a closed pipe would leave
/// half a table behind status 0, and work would go on for nobody. Here the first write that fails
/// throws an [InputException], which ends the command with a message and status 2. What is written
/// after that is dropped, so that a command can still finish its files on the way out.
final class StandardOutput extends OutputStream {
    private final OutputStream stream;
    private boolean failed;

    private StandardOutput(OutputStream stream) {
        this.stream = stream;
    }

    /// A writer to `stream` for [picocli.CommandLine#setOut].
    static PrintWriter writer(OutputStream stream, Charset charset) {
        return new PrintWriter(new OutputStreamWriter(new StandardOutput(stream), charset));
    }

    private interface Write {
        void run() throws IOException;
    }

    private void attempt(Write write) {
        if (failed) {
            return;
        }
        try {
            write.run();
        } catch (IOException e) {
            failed = true;
            throw new InputException("standard output cannot be written: " + e.getMessage(), e);
        }
    }

    @Override
    public void write(int oneByte) {
        attempt(() -> stream.write(oneByte));
    }

    @Override
    public void write(byte[] bytes, int offset, int length) {
        attempt(() -> stream.write(bytes, offset, length));
    }

    @Override
    public void flush() {
        attempt(stream::flush);
    }
}
