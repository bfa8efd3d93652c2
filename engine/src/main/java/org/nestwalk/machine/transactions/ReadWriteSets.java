package org.nestwalk.machine.transactions;

import java.util.List;
import org.nestwalk.InputException;
import org.nestwalk.mmu.model.CacheModel;
import org.nestwalk.mmu.model.ProcessorModel;

/// The lines that a transaction has read and those that it has written.
///
/// Written lines stay in the first-level data cache until the transaction commits; read lines are
/// still watched when they have left it, as far as the last level reaches. Source of the former:
/// Intel Optimization Reference Manual, chapter on TSX; of the latter: an assumption, within what
/// is measured (Nakaike et al., "Quantitative comparison of hardware transactional memory", ISCA
/// 2015, find a read capacity beyond the first level). Lines are lost by their own number only:
/// accesses outside the sets take no ways from them (assumption).
public final class ReadWriteSets {
    private final LineSet read;
    private final LineSet written;

    /// Empty, for a processor.
    ///
    /// @throws InputException if it has no data caches
    public ReadWriteSets(ProcessorModel model) {
        List<CacheModel> caches = model.memory().caches();
        if (caches.isEmpty()) {
            throw new InputException(
                    "machine %s has no data caches to hold the lines of a transaction; use one with caches, such as skylake-sp"
                            .formatted(model.name()));
        }
        written = new LineSet(caches.getFirst().geometry());
        read = new LineSet(caches.getLast().geometry());
    }

    /// Adds the line of an access.
    ///
    /// @return false if there is no room for it
    public boolean add(long line, boolean reads, boolean writes) {
        return (!reads || read.add(line)) && (!writes || written.add(line));
    }

    /// Whether an access by another CPU to `line` conflicts: its store with any, its load with a
    /// store.
    public boolean conflicts(long line, boolean writes) {
        return written.contains(line) || writes && read.contains(line);
    }

    /// Lines written.
    public int linesWritten() {
        return written.size();
    }

    /// Lines read.
    public int linesRead() {
        return read.size();
    }

    /// Empties both.
    public void clear() {
        read.clear();
        written.clear();
    }
}
