package org.nestwalk.lab.conformance;

import java.io.EOFException;
import java.io.IOException;
import java.io.Reader;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.List;
import java.util.zip.ZipException;
import org.jspecify.annotations.Nullable;
import org.nestwalk.InputException;

/// Checks the walker against files of conformance cases and keeps count.
public final class Conformance {
    private final CaseRunner runner = new CaseRunner();
    private final int keep;
    private final List<Mismatch> first = new ArrayList<>();
    private long cases;
    private long accesses;
    private long mismatches;

    /// Keeps the first `keep` mismatches for explanation.
    public Conformance(int keep) {
        this.keep = keep;
    }

    /// Runs every case that `text` holds, one JSON object a line; empty lines are passed over.
    ///
    /// @param name the file's name, for error messages
    /// @throws InputException naming file and line, if a line is not a case or cannot be read, or
    ///   if there is no case at all
    public void check(String name, Reader text) {
        CaseLines lines = new CaseLines(text);
        long before = cases;
        int number = 1;
        try {
            for (; lines.next(); number++) {
                if (!lines.isBlank()) {
                    check(CaseParser.parse(lines));
                }
            }
        } catch (InputException e) {
            throw new InputException(name + ":" + number + ": " + e.getMessage(), e);
        } catch (EOFException | ZipException e) {
            throw damaged(name, number, "the compressed data is damaged or ends early", e);
        } catch (IOException e) {
            throw damaged(name, number, e.getMessage(), e);
        } catch (UncheckedIOException e) {
            throw damaged(name, number, e.getMessage(), e);
        }
        if (cases == before) {
            throw new InputException(name + ": no cases; a case is a JSON object on a line");
        }
    }

    private static InputException damaged(
            String name, int number, @Nullable String what, Exception cause) {
        return new InputException(
                name + ":" + number + ": cannot be read from here on: " + what, cause);
    }

    private void check(ConformanceCase test) {
        cases++;
        accesses += test.accesses().size();
        for (Mismatch mismatch : runner.run(test)) {
            mismatches++;
            if (first.size() < keep) {
                first.add(mismatch);
            }
        }
    }

    /// Cases run so far.
    public long cases() {
        return cases;
    }

    /// Accesses checked so far.
    public long accesses() {
        return accesses;
    }

    /// Accesses whose answer or effect differs.
    public long mismatches() {
        return mismatches;
    }

    /// The first mismatches.
    public List<Mismatch> first() {
        return List.copyOf(first);
    }
}
