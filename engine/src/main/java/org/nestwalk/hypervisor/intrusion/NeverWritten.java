package org.nestwalk.hypervisor.intrusion;

import java.util.concurrent.atomic.LongAdder;
import org.nestwalk.InputException;
import org.nestwalk.memory.PageSet;

/// Counts the pages that were never written in training.
public final class NeverWritten implements Detector {
    private final PageSet known = new PageSet();
    private long samples;

    /// One that has learned nothing.
    public NeverWritten() {}

    @Override
    public String name() {
        return "never written";
    }

    @Override
    public void train(WriteSample sample) {
        known.addAll(sample.pages());
        samples++;
    }

    @Override
    public void trained() {
        require(samples, 1);
    }

    @Override
    public double score(WriteSample sample) {
        return unknown(sample.pages(), known);
    }

    /// How many pages are not `known`.
    static long unknown(PageSet pages, PageSet known) {
        LongAdder seen = new LongAdder();
        pages.forEachRange((gpa, bytes) -> seen.add(known.count(gpa, bytes)));
        return pages.size() - seen.sum();
    }

    /// Refuses to have learned from fewer than `needed` periods of a program.
    static void require(long samples, long needed) {
        if (samples < needed) {
            throw new InputException(
                    "a training run of %d period(s) is too short to learn from; let it be %d or more"
                            .formatted(samples, needed));
        }
    }
}
