package org.nestwalk.spark;

import java.io.Serializable;
import java.util.ArrayList;
import java.util.List;
import org.apache.spark.TaskContext;
import org.nestwalk.lab.sweep.CellEnd;
import org.nestwalk.lab.sweep.SentGroup;
import scala.collection.Iterator;
import scala.runtime.AbstractFunction1;

/// What an executor does: runs the groups of a partition, of which there is one.
final class GroupTask extends AbstractFunction1<Iterator<SentGroup>, List<CellEnd>>
        implements Serializable {
    private static final long serialVersionUID = 1;

    private final int threads;

    GroupTask(int threads) {
        this.threads = threads;
    }

    @Override
    public List<CellEnd> apply(Iterator<SentGroup> groups) {
        TaskContext task = TaskContext.get();
        List<CellEnd> ends = new ArrayList<>();
        while (groups.hasNext()) {
            ends.addAll(
                    groups.next().run(task.attemptNumber(), threads, _ -> !task.isInterrupted()));
        }
        return ends;
    }
}
