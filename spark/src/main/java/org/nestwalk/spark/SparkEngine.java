package org.nestwalk.spark;

import java.util.List;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.IntStream;
import org.apache.spark.SimpleFutureAction;
import org.apache.spark.SparkConf;
import org.apache.spark.api.java.JavaSparkContext;
import org.jspecify.annotations.Nullable;
import org.nestwalk.InputException;
import org.nestwalk.lab.experiment.EndedEarly;
import org.nestwalk.lab.sweep.CellEnd;
import org.nestwalk.lab.sweep.SentGroup;
import org.nestwalk.lab.sweep.SweepEngine;
import scala.jdk.javaapi.CollectionConverters;
import scala.runtime.AbstractFunction2;
import scala.runtime.BoxedUnit;
import scala.util.Failure;

/// Runs each group of cells as a task of Spark, in an application that spark-submit has started. A
/// task whose executor is lost is run again by another.
public final class SparkEngine implements SweepEngine {
    private static final String MASTER = "spark.master";
    private static final long PAUSE_NANOS = 200_000_000;

    /// For [java.util.ServiceLoader].
    public SparkEngine() {}

    @Override
    public String name() {
        return "spark";
    }

    @Override
    public void run(List<SentGroup> groups, int threads, Results results) {
        if (groups.isEmpty()) {
            return;
        }
        SparkConf conf = new SparkConf().setIfMissing("spark.app.name", "nestwalk sweep");
        if (!conf.contains(MASTER)) {
            throw new InputException(
                    "spark: no master is set; let spark-submit start this, which sets one");
        }
        // Results are records, which other serialisers may not know.
        conf.set("spark.serializer", "org.apache.spark.serializer.JavaSerializer");
        try (JavaSparkContext spark = new JavaSparkContext(conf)) {
            run(spark, groups, threads, results);
        }
    }

    private static void run(
            JavaSparkContext spark, List<SentGroup> groups, int threads, Results results) {
        List<Object> all = IntStream.range(0, groups.size()).<Object>mapToObj(i -> i).toList();
        SimpleFutureAction<BoxedUnit> job =
                spark.sc()
                        .submitJob(
                                spark.parallelize(groups, groups.size()).rdd(),
                                new GroupTask(threads),
                                CollectionConverters.asScala(all).toSeq(),
                                new Taking(results),
                                () -> BoxedUnit.UNIT);
        while (!job.isCompleted()) {
            if (!results.wanted()) {
                job.cancel();
                throw new EndedEarly();
            }
            LockSupport.parkNanos(PAUSE_NANOS);
        }
        if (job.value().get() instanceof Failure<?> failure) {
            throw given(failure.exception(), results);
        }
    }

    /// What a failure of the job is for who asked for the study.
    private static RuntimeException given(Throwable failure, Results results) {
        for (@Nullable Throwable at = failure; at != null; at = at.getCause()) {
            if (at instanceof InputException own) {
                return own;
            }
        }
        // Spark stops by itself when the process is told to end.
        return results.wanted()
                ? new InputException(
                        "spark gave up; what is finished is kept: "
                                + String.valueOf(failure.getMessage())
                                        .lines()
                                        .findFirst()
                                        .orElse(""),
                        failure)
                : new EndedEarly();
    }

    /// Takes results in the driver, as tasks end.
    private static final class Taking extends AbstractFunction2<Object, List<CellEnd>, BoxedUnit> {
        private final Results results;

        Taking(Results results) {
            this.results = results;
        }

        @Override
        public BoxedUnit apply(Object group, List<CellEnd> ends) {
            results.take((Integer) group, ends);
            return BoxedUnit.UNIT;
        }
    }
}
