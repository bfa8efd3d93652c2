package org.nestwalk.lab.calibrate;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.concurrent.CancellationException;
import org.jspecify.annotations.Nullable;
import org.nestwalk.InputException;
import org.nestwalk.bits.PageSize;
import org.nestwalk.kvm.doctor.Host;
import org.nestwalk.kvm.doctor.KvmKind;
import org.nestwalk.kvm.handle.Kvm;
import org.nestwalk.kvm.measure.Clocks;
import org.nestwalk.kvm.measure.Curve;
import org.nestwalk.kvm.measure.GuestLoads;
import org.nestwalk.kvm.measure.Loads;
import org.nestwalk.kvm.measure.Loads.Place;
import org.nestwalk.kvm.measure.NativeLoads;
import org.nestwalk.kvm.measure.NativeReplay;
import org.nestwalk.kvm.measure.Opened;
import org.nestwalk.kvm.measure.PagedMemory;
import org.nestwalk.kvm.measure.Replay;
import org.nestwalk.kvm.measure.Sampler;
import org.nestwalk.kvm.measure.Splintering;
import org.nestwalk.kvm.sys.SystemCallException;
import org.nestwalk.lab.progress.ProgressEvent;
import org.nestwalk.lab.progress.ProgressListener;

/// Measures a host, finds the machine whose loads take as long, and simulates it.
public final class Calibration {
    private final Host host;
    private final CalibrationOptions options;
    private final ProgressListener listener;
    private final Opened open = new Opened();
    private final List<String> missing = new ArrayList<>();
    private final List<Loads> prepared = new ArrayList<>();
    private @Nullable Replay replay;
    private long preparedBytes;

    private Calibration(Host host, CalibrationOptions options, ProgressListener listener) {
        this.host = host;
        this.options = options;
        this.listener = listener;
    }

    /// Does it all; at a request to end, what is left.
    ///
    /// @param date of today, for the machine's sources
    /// @return empty if it was ended before every point had been measured once
    /// @throws InputException if the host lets nothing be measured
    public static Optional<CalibrationResult> run(
            Host host, CalibrationOptions options, String date, ProgressListener listener) {
        return new Calibration(host, options, listener).run(date);
    }

    private Optional<CalibrationResult> run(String date) {
        Clocks clocks;
        Sampler sampler;
        OverlapMeasurement overlaps;
        HostPaging paging;
        try {
            clocks = Clocks.measure();
            sampler = new Sampler(clocks);
            prepare(sampler);
            paging = new HostPaging(KvmKind.of(host), isSplintered());
            sampler.run(
                    options.limits(), (done, most) -> listener.update(at("measured", done, most)));
            if (sampler.rounds() == 0) {
                return Optional.empty();
            }
            // After the curves, which have come to all memory: the first loads of it are slower.
            int repeats = Math.min(options.limits().mostRounds(), OverlapMeasurement.MOST_REPEATS);
            overlaps =
                    new OverlapMeasurement(
                            clocks, prepared, Objects.requireNonNull(replay), repeats);
            overlaps.run(done -> listener.update(at("overlapped", done, repeats)));
        } catch (CancellationException e) {
            return Optional.empty();
        } catch (SystemCallException e) {
            throw new InputException("cannot measure: " + e.getMessage(), e);
        } finally {
            open.close();
        }
        Map<Curve, List<Curve.Point>> curves = sampler.curves();
        FittedMachine fitted =
                FittedMachine.of(host, clocks, curves, overlaps, paging.splintered(), date);
        List<ComparedCurve> compared =
                new CurveSimulation(fitted.model(), paging, listener).of(curves);
        return Optional.of(
                new CalibrationResult(
                        fitted.processor(),
                        clocks,
                        sampler.rounds(),
                        sampler.isStable(),
                        fitted.fit(),
                        fitted.overlap(),
                        fitted.text(),
                        compared,
                        missing));
    }

    private void prepare(Sampler sampler) {
        List<PagedMemory> memories = new ArrayList<>();
        memories.add(
                open.add(PagedMemory.of(PageSize.SIZE_4K, options.mostBytes(), this::prepared)));
        try {
            PagedMemory large =
                    open.add(PagedMemory.of(PageSize.SIZE_2M, options.mostBytes(), this::prepared));
            memories.add(large);
            noteCutPages(large);
        } catch (InputException e) {
            missing.add("No curves with 2M pages: " + e.getMessage() + ".");
        }
        for (PagedMemory memory : memories) {
            add(sampler, open.add(new NativeLoads(memory)));
        }
        replay = open.add(new NativeReplay(memories.getLast(), OverlapMeasurement.ACCESSES));
        if (!options.guest()) {
            missing.add("No curves in a guest: not asked for.");
            return;
        }
        try {
            Kvm kvm = open.add(Kvm.open(host.device().toString()));
            for (PagedMemory memory : memories) {
                add(sampler, open.add(GuestLoads.of(kvm, memory, this::prepared)));
            }
        } catch (InputException e) {
            missing.add("No curves in a guest: " + e.getMessage() + ".");
        }
    }

    private boolean isSplintered() {
        Loads small = prepared.getFirst();
        Loads large = prepared.get(1);
        if (large.place() != Place.NATIVE || large.pages() != PageSize.SIZE_2M) {
            return false;
        }
        boolean splintered = Splintering.isFound(small, large);
        if (splintered) {
            missing.add(
                    "Large pages take as many TLB entries as small ones: a hypervisor below backs"
                        + " this host's memory by small pages. So the host's own walks have a"
                        + " second dimension, and are simulated with it; what TLBs hold of large"
                        + " pages cannot be found.");
        }
        return splintered;
    }

    private void noteCutPages(PagedMemory memory) {
        if (memory.cutPages() > 0) {
            long all = memory.bytes() / PageSize.SIZE_2M.bytes();
            missing.add(
                    ("%d of %d large pages take as many TLB entries as small ones, as where a"
                         + " hypervisor below backs them by small pages; small footprints avoid"
                         + " them.")
                            .formatted(memory.cutPages(), all));
        }
    }

    private void prepared(long bytes) {
        preparedBytes += bytes;
        long page = PageSize.SIZE_4K.bytes();
        long most = options.mostBytes() * (options.guest() ? 4 : 2);
        if (!listener.update(at("prepared", preparedBytes / page, most / page))) {
            throw new CancellationException();
        }
    }

    /// How far the calibration is.
    ///
    /// @param phase what is being done
    static ProgressEvent at(String phase, long done, long total) {
        return new ProgressEvent(phase, done, OptionalLong.of(total), "steps", Map.of());
    }

    private void add(Sampler sampler, Loads loads) {
        prepared.add(loads);
        CalibrationRounds.add(sampler, loads, options.footprints());
    }
}
