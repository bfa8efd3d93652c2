package org.nestwalk.lab.labs.channel.measured;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.concurrent.CancellationException;
import org.nestwalk.InputException;
import org.nestwalk.bits.PageSize;
import org.nestwalk.kvm.doctor.Host;
import org.nestwalk.kvm.doctor.KvmKind;
import org.nestwalk.kvm.handle.Kvm;
import org.nestwalk.kvm.measure.Clocks;
import org.nestwalk.kvm.measure.GuestLoads;
import org.nestwalk.kvm.measure.Loads;
import org.nestwalk.kvm.measure.Loads.Place;
import org.nestwalk.kvm.measure.NativeLoads;
import org.nestwalk.kvm.measure.Opened;
import org.nestwalk.kvm.measure.PagedMemory;
import org.nestwalk.kvm.sys.SystemCallException;
import org.nestwalk.lab.experiment.EndedEarly;
import org.nestwalk.lab.labs.channel.estimate.Classes;
import org.nestwalk.lab.progress.ProgressEvent;
import org.nestwalk.lab.progress.ProgressListener;
import org.nestwalk.random.SplitMix64;
import org.nestwalk.random.Xoshiro256;

/// Tells 4K from 2M mappings of this host by the time of loads.
public final class MeasuredChannel {
    /// What every figure stands on.
    public static final String MODEL =
            "on the host: times differ from run to run; a measurement is the average of a burst of"
                + " dependent loads from random lines of the mapping, by the time-stamp counter"
                + " where the loads are made; bursts of both mappings alternate; estimators learn"
                + " from every second burst and are judged by the others";

    private static final int PIECES = 20;

    private final Host host;
    private final MeasuredOptions options;
    private final ProgressListener listener;
    private final Opened open = new Opened();
    private long done;
    private long total;

    private MeasuredChannel(Host host, MeasuredOptions options, ProgressListener listener) {
        this.host = host;
        this.options = options;
        this.listener = listener;
    }

    /// Measures it; at a request to end, with the lengths of bursts that have been measured.
    ///
    /// @throws InputException if the host lets nothing be measured, or has no such pages
    /// @throws EndedEarly if none has been measured
    public static MeasuredResult run(
            Host host, MeasuredOptions options, ProgressListener listener) {
        return new MeasuredChannel(host, options, listener).run();
    }

    private MeasuredResult run() {
        List<BurstRow> rows = new ArrayList<>();
        int cutPages = 0;
        int before = 0;
        try {
            Clocks clocks = Clocks.measure();
            PagedMemory small = memory(PageSize.SIZE_4K);
            PagedMemory large = memory(PageSize.SIZE_2M);
            cutPages = large.cutPages();
            BurstTimes times =
                    new BurstTimes(
                            loads(small),
                            loads(large),
                            clocks.ticksPerNanosecond(),
                            SplitMix64.hash(options.seed(), 0));
            before = times.before();
            for (int length : options.bursts()) {
                total += 4L * options.measurements(length) * (before + length);
            }
            for (int length : options.bursts()) {
                Classes all = take(times, length, 2 * options.measurements(length));
                rows.add(
                        BurstRow.of(
                                length,
                                everySecond(all, 0),
                                everySecond(all, 1),
                                new Xoshiro256(SplitMix64.hash(options.seed(), length))));
            }
        } catch (CancellationException e) {
            // What has been measured so far stands.
        } catch (SystemCallException e) {
            throw new InputException("cannot measure: " + e.getMessage(), e);
        } finally {
            open.close();
        }
        if (rows.isEmpty()) {
            throw new EndedEarly();
        }
        return new MeasuredResult(
                options.place(),
                host.processor("model name"),
                System.getProperty("os.version", "unknown"),
                options.place() == Place.GUEST ? KvmKind.of(host) : null,
                options.footprint(),
                cutPages,
                before,
                rows.size() == options.bursts().size(),
                rows);
    }

    private PagedMemory memory(PageSize pages) {
        return open.add(PagedMemory.of(pages, options.footprint(), bytes -> goOn(0)));
    }

    private Loads loads(PagedMemory memory) {
        if (options.place() == Place.NATIVE) {
            return open.add(new NativeLoads(memory));
        }
        Kvm kvm = open.add(Kvm.open(host.device().toString()));
        return open.add(GuestLoads.of(kvm, memory, bytes -> goOn(0)));
    }

    private Classes take(BurstTimes times, int length, int count) {
        double[] zero = new double[count];
        double[] one = new double[count];
        for (int at = 0; at < count; ) {
            int piece = Math.min(Math.ceilDiv(count, PIECES), count - at);
            Classes taken = times.take(length, piece);
            System.arraycopy(taken.zero(), 0, zero, at, piece);
            System.arraycopy(taken.one(), 0, one, at, piece);
            at += piece;
            goOn(2L * piece * (length + times.before()));
        }
        return new Classes(zero, one);
    }

    /// Every second measurement from index `first` on: what is learnt from and what is judged were
    /// measured at the same time.
    private static Classes everySecond(Classes all, int first) {
        int count = all.zero().length / 2;
        double[] zero = new double[count];
        double[] one = new double[count];
        Arrays.setAll(zero, i -> all.zero()[2 * i + first]);
        Arrays.setAll(one, i -> all.one()[2 * i + first]);
        return new Classes(zero, one);
    }

    private void goOn(long loads) {
        done += loads;
        OptionalLong all = OptionalLong.of(Math.max(done, total));
        if (!listener.update(new ProgressEvent("measured", done, all, "loads", Map.of()))) {
            throw new CancellationException();
        }
    }
}
