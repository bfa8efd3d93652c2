package org.nestwalk.lab.conformance;

import java.io.EOFException;
import java.io.IOException;
import java.io.Reader;
import java.io.UncheckedIOException;
import java.util.zip.ZipException;
import org.jspecify.annotations.Nullable;
import org.nestwalk.InputException;

/// Cuts a file of cases into batches. Where it cannot be read on it ends, and keeps the reason:
/// what was read before counts.
final class BatchReader {
    private final String name;
    private final CaseLines lines;
    private int line = 1;
    private boolean atEnd;
    private @Nullable InputException failure;

    /// Reads `text`; error messages call it `name`.
    BatchReader(String name, Reader text) {
        this.name = name;
        this.lines = new CaseLines(text);
    }

    /// The next batch; the last may be empty.
    CaseBatch next() {
        CaseBatch batch = new CaseBatch(line);
        try {
            while (!atEnd && !batch.isFull()) {
                if (lines.next()) {
                    batch.add(lines);
                } else {
                    atEnd = true;
                }
            }
        } catch (InputException e) {
            fail(batch, e.getMessage(), e);
        } catch (EOFException | ZipException e) {
            fail(batch, unreadable("the compressed data is damaged or ends early"), e);
        } catch (IOException | UncheckedIOException e) {
            fail(batch, unreadable(e.getMessage()), e);
        }
        line = batch.nextLine();
        return batch;
    }

    private static String unreadable(@Nullable String why) {
        return "cannot be read from here on: " + why;
    }

    private void fail(CaseBatch batch, @Nullable String message, Exception cause) {
        atEnd = true;
        failure = new InputException(name + ":" + batch.nextLine() + ": " + message, cause);
    }

    /// Whether the last batch has been read.
    boolean isAtEnd() {
        return atEnd;
    }

    /// Why reading ended early, or null if it did not.
    @Nullable InputException failure() {
        return failure;
    }
}
