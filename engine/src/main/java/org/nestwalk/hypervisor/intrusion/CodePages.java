package org.nestwalk.hypervisor.intrusion;

import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.atomic.DoubleAdder;
import org.nestwalk.memory.PageSet;

/// Counts written pages of code and of page tables, the less the more often they were in training:
/// a page that was written in every sample counts for nothing, one that never was for 1.
public final class CodePages implements Detector {
    private final PageSet watched;
    private final Map<Long, Integer> times = new HashMap<>();
    private long samples;

    /// @param watched pages of code and of page tables
    public CodePages(PageSet watched) {
        this.watched = watched;
    }

    @Override
    public String name() {
        return "code and tables";
    }

    @Override
    public void train(WriteSample sample) {
        samples++;
        sample.pages()
                .forEach(page -> {
                    if (watched.contains(page)) {
                        times.merge(page, 1, Integer::sum);
                    }
                });
    }

    @Override
    public void trained() {
        NeverWritten.require(samples, 1);
    }

    @Override
    public double score(WriteSample sample) {
        DoubleAdder sum = new DoubleAdder();
        sample.pages()
                .forEach(page -> {
                    if (watched.contains(page)) {
                        sum.add(1 - times.getOrDefault(page, 0) / (double) samples);
                    }
                });
        return sum.sum();
    }
}
