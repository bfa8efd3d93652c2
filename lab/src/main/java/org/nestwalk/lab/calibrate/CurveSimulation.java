package org.nestwalk.lab.calibrate;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;
import org.nestwalk.kvm.measure.Curve;
import org.nestwalk.kvm.measure.LoadPattern;
import org.nestwalk.lab.progress.ProgressListener;
import org.nestwalk.mmu.model.ProcessorModel;

/// Simulates measured curves, by the kind of paging that the host and its KVM use. Curves are
/// simulated side by side; what they give does not depend on that.
final class CurveSimulation {
    private static final long SEED = 1;

    private final ProcessorModel machine;
    private final HostPaging paging;
    private final ProgressListener listener;
    private final AtomicLong done = new AtomicLong();
    private volatile boolean ended;

    CurveSimulation(ProcessorModel machine, HostPaging paging, ProgressListener listener) {
        this.machine = machine;
        this.paging = paging;
        this.listener = listener;
    }

    /// All of `curves`; once the listener wants it to end, the rest without simulated times.
    List<ComparedCurve> of(Map<Curve, List<Curve.Point>> curves) {
        long total = curves.values().stream().mapToLong(List::size).sum();
        return curves.entrySet().parallelStream()
                .map(entry -> simulate(entry.getKey(), entry.getValue(), total))
                .toList();
    }

    private ComparedCurve simulate(Curve curve, List<Curve.Point> points, long total) {
        String setup = paging.setup(curve.place(), curve.pages());
        LoadSimulation simulation = new LoadSimulation(machine, setup, SEED);
        List<ComparedCurve.Point> compared = new ArrayList<>();
        for (Curve.Point point : points) {
            compared.add(new ComparedCurve.Point(point, simulate(simulation, curve, point, total)));
        }
        return new ComparedCurve(curve, setup, compared);
    }

    private @Nullable Double simulate(
            LoadSimulation simulation, Curve curve, Curve.Point point, long total) {
        if (ended || !report(total)) {
            ended = true;
            return null;
        }
        double nanoseconds = simulation.nanoseconds(new LoadPattern(point.bytes(), curve.stride()));
        done.incrementAndGet();
        return nanoseconds;
    }

    private synchronized boolean report(long total) {
        long points = done.get();
        return listener.update(
                Calibration.at(
                        "simulated",
                        points * LoadSimulation.MEASURED,
                        total * LoadSimulation.MEASURED));
    }
}
