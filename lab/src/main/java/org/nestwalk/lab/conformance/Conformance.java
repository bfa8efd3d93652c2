package org.nestwalk.lab.conformance;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.List;
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

    /// Runs every case that `lines` holds, one JSON object a line; empty lines are passed over.
    ///
    /// @param name the file's name, for error messages
    /// @throws InputException naming file and line, if a line is not a case
    public void check(String name, BufferedReader lines) {
        int number = 0;
        try {
            for (String line = lines.readLine(); line != null; line = lines.readLine()) {
                number++;
                if (!line.isBlank()) {
                    check(line);
                }
            }
        } catch (InputException e) {
            throw new InputException(name + ":" + number + ": " + e.getMessage(), e);
        } catch (IOException e) {
            throw new InputException(
                    name + ": cannot be read beyond line " + number + ": " + e.getMessage(), e);
        } catch (UncheckedIOException e) {
            throw new InputException(
                    name + ": cannot be read beyond line " + number + ": " + e.getMessage(), e);
        }
    }

    private void check(String line) {
        ConformanceCase test = CaseParser.parse(line);
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
