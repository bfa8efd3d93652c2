package org.nestwalk.lab.conformance;

import java.io.Reader;
import java.util.ArrayList;
import java.util.List;
import org.nestwalk.InputException;

/// Checks the walker against files of conformance cases and keeps count.
///
/// Batches of lines are checked on all processors; what is counted and kept, and the error
/// reported, is what checking one line after the other would give.
public final class Conformance {
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
        long before = cases;
        BatchReader reader = new BatchReader(name, text);
        try (BatchQueue queue = new BatchQueue(keep)) {
            CaseBatch batch = reader.next();
            while (!reader.isAtEnd()) {
                queue.add(batch);
                if (queue.isFull()) {
                    count(name, queue.take());
                }
                batch = reader.next();
            }
            BatchResult last = batch.check(keep);
            while (!queue.isEmpty()) {
                count(name, queue.take());
            }
            count(name, last);
        }
        InputException failure = reader.failure();
        if (failure != null) {
            throw failure;
        }
        if (cases == before) {
            throw new InputException(name + ": no cases; a case is a JSON object on a line");
        }
    }

    private void count(String name, BatchResult result) {
        cases += result.cases();
        accesses += result.accesses();
        mismatches += result.mismatches();
        result.first().stream().limit(keep - first.size()).forEach(first::add);
        InputException error = result.error();
        if (error != null) {
            throw new InputException(name + ":" + result.line() + ": " + error.getMessage(), error);
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
