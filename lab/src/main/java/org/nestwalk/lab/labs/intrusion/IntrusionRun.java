package org.nestwalk.lab.labs.intrusion;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.function.Supplier;
import org.apache.commons.statistics.distribution.ChiSquaredDistribution;
import org.jspecify.annotations.Nullable;
import org.nestwalk.guest.kernel.image.ImageLayout;
import org.nestwalk.hypervisor.intrusion.CodePages;
import org.nestwalk.hypervisor.intrusion.Detector;
import org.nestwalk.hypervisor.intrusion.NeverWritten;
import org.nestwalk.hypervisor.intrusion.WriteBurst;
import org.nestwalk.hypervisor.intrusion.WriteSample;
import org.nestwalk.hypervisor.intrusion.WriteSensor;
import org.nestwalk.hypervisor.intrusion.WrittenSetChange;
import org.nestwalk.lab.experiment.EndedEarly;
import org.nestwalk.lab.guarded.GuardedGuest;
import org.nestwalk.lab.guarded.KernelWork;
import org.nestwalk.lab.labs.intrusion.IntrusionResult.Delay;
import org.nestwalk.lab.labs.intrusion.IntrusionResult.Point;
import org.nestwalk.lab.labs.intrusion.IntrusionResult.Rate;
import org.nestwalk.lab.labs.intrusion.IntrusionResult.Row;
import org.nestwalk.lab.progress.Meter;
import org.nestwalk.machine.DirtySource;
import org.nestwalk.machine.Machine;
import org.nestwalk.memory.PageSet;
import org.nestwalk.random.Xoshiro256;

/// Detectors trained on clean runs of some programs, and tested on clean runs and attacks under
/// others.
final class IntrusionRun {
    /// Periods at the start of a run that nobody looks at: every page is new then.
    private static final int WARM_UP = 3;

    /// Periods in which an attack has to be found, and in a clean window.
    static final int WINDOW = 4;

    private static final int POINTS = 40;
    private static final double HOUR = 3600e9;

    private final Supplier<Machine> machines;
    private final DirtySource source;
    private final Setting setting;
    private final List<Detector> detectors = new ArrayList<>();
    private double[] thresholds = {};

    /// What is asked for.
    ///
    /// @param layout of the kernel; half of the program's pages are files that programs only read
    /// @param rates of the kernel's work in a quantum
    /// @param period of samples, in ns
    /// @param train periods of each program in training
    /// @param clean windows without an attack, of each program tested: one after the other in a
    ///   run, for false alarms, and as many in runs of their own, as attacks have
    /// @param attacks of each kind, of each program tested
    record Setting(
            ImageLayout layout,
            KernelWork.Rates rates,
            long period,
            int train,
            int clean,
            int attacks,
            long seed) {
        long programBytes() {
            return layout.user() / 2 * 4096L;
        }
    }

    IntrusionRun(Supplier<Machine> machines, DirtySource source, Setting setting) {
        this.machines = machines;
        this.source = source;
        this.setting = setting;
        PageSet code = new PageSet();
        try (Machine machine = machines.get();
                GuardedGuest guest = new GuardedGuest(machine, setting.layout, 1)) {
            WatchedGuest.addCode(guest, code);
        }
        detectors.add(new NeverWritten());
        detectors.add(new WrittenSetChange());
        detectors.add(new WriteBurst());
        detectors.add(new CodePages(code));
    }

    /// Periods of all of it.
    static long work(Setting setting, int train, int test) {
        int windows = 2 * setting.clean + setting.attacks * Intrusion.values().length;
        return (long) train * setting.train * 2 + (long) test * windows * WINDOW;
    }

    /// What is done with a guest.
    private interface Use {
        void with(WatchedGuest guest);
    }

    private void run(String program, long seed, Use use) {
        try (Machine machine = machines.get();
                GuardedGuest guest = new GuardedGuest(machine, setting.layout, 1);
                WriteSensor sensor = new WriteSensor(guest.vm(), source, true, _ -> {})) {
            WatchedGuest watched =
                    new WatchedGuest(
                            guest,
                            sensor,
                            new KernelWork(guest.image(), setting.rates, seed),
                            WatchedGuest.program(program, setting.programBytes()),
                            setting.period,
                            setting.programBytes(),
                            seed);
            detectors.forEach(Detector::reset);
            for (int i = 0; i < WARM_UP; i++) {
                WriteSample _ = watched.period(null);
            }
            use.with(watched);
        }
    }

    private static void count(Meter meter) {
        if (!meter.add(1)) {
            throw new EndedEarly();
        }
    }

    /// Trains all detectors, and takes the highest score of windows in training as threshold.
    void train(List<String> programs, Meter meter) {
        for (String program : programs) {
            run(
                    program,
                    setting.seed,
                    guest -> {
                        for (int i = 0; i < setting.train; i++) {
                            WriteSample sample = guest.period(null);
                            detectors.forEach(one -> one.train(sample));
                            count(meter);
                        }
                    });
        }
        detectors.forEach(Detector::trained);
        thresholds = new double[detectors.size()];
        for (String program : programs) {
            run(
                    program,
                    setting.seed,
                    guest -> {
                        for (int i = 0; i < setting.train; i++) {
                            double[] scores = scores(guest.period(null));
                            Arrays.setAll(thresholds, d -> Math.max(thresholds[d], scores[d]));
                            count(meter);
                        }
                    });
        }
    }

    private double[] scores(WriteSample sample) {
        return detectors.stream().mapToDouble(one -> one.score(sample)).toArray();
    }

    /// What came of tests.
    ///
    /// @param unattacked ns of virtual time in which false alarms were counted
    record Tested(List<Row> rows, List<Rate> rates, long unattacked) {}

    /// Highest scores of windows, by detector.
    private static final class Windows {
        private final List<double[]> scores = new ArrayList<>();

        double[] of(int detector) {
            return scores.stream().mapToDouble(one -> one[detector]).toArray();
        }
    }

    /// Tests them all.
    Tested test(List<String> programs, Meter meter) {
        Windows clean = new Windows();
        Unattacked unattacked = new Unattacked(detectors.size());
        Map<Intrusion, Windows> attacks = new EnumMap<>(Intrusion.class);
        Map<Intrusion, List<List<Long>>> delays = new EnumMap<>(Intrusion.class);
        for (Intrusion kind : Intrusion.values()) {
            attacks.put(kind, new Windows());
            List<List<Long>> all = new ArrayList<>();
            detectors.forEach(_ -> all.add(new ArrayList<>()));
            delays.put(kind, all);
        }
        for (String program : programs) {
            run(
                    program,
                    setting.seed + 1,
                    guest -> {
                        begin(guest);
                        for (int i = 0; i < setting.clean; i++) {
                            double[] _ = window(guest, null, unattacked, null, meter);
                        }
                    });
            control(program, clean, meter);
            for (Intrusion kind : Intrusion.values()) {
                attack(
                        program,
                        kind,
                        Objects.requireNonNull(attacks.get(kind)),
                        Objects.requireNonNull(delays.get(kind)),
                        meter);
            }
        }
        return new Tested(rows(clean, attacks, delays), unattacked.rates(), unattacked.time);
    }

    /// Windows in which nothing happens, each as early in a run of its own as attacks are: what a
    /// guest writes changes as it goes on, so windows from later on would not be like them.
    private void control(String program, Windows windows, Meter meter) {
        for (int i = 0; i < setting.clean; i++) {
            run(
                    program,
                    setting.seed + 2 + setting.attacks + i,
                    guest -> {
                        begin(guest);
                        windows.scores.add(window(guest, null, null, null, meter));
                    });
        }
    }

    private void attack(
            String program, Intrusion kind, Windows windows, List<List<Long>> delays, Meter meter) {
        for (int i = 0; i < setting.attacks; i++) {
            Xoshiro256 random = new Xoshiro256(setting.seed + 17L * i + kind.label().hashCode());
            run(
                    program,
                    setting.seed + 2 + i,
                    guest -> {
                        Intrusion.Deed deed =
                                new Intrusion.Deed(
                                        kind, guest.guest(), setting.programBytes(), random);
                        begin(guest);
                        windows.scores.add(window(guest, deed, null, delays, meter));
                    });
        }
    }

    /// Lets detectors see what the run is like before anything happens.
    private void begin(WatchedGuest guest) {
        for (int i = 0; i <= WrittenSetChange.BASELINE; i++) {
            double[] _ = scores(guest.period(null));
        }
    }

    /// The highest score of each detector in a window.
    private double[] window(
            WatchedGuest guest,
            Intrusion.@Nullable Deed deed,
            @Nullable Unattacked unattacked,
            @Nullable List<List<Long>> delays,
            Meter meter) {
        double[] highest = new double[detectors.size()];
        int from = deed == null ? 0 : deed.beginning();
        long since = 0;
        for (int i = 0; i < WINDOW; i++) {
            double[] scores = scores(guest.period(deed, i == 0 ? from : 0));
            since += guest.lasted();
            if (i == 0) {
                since -= guest.lasted() * from / WatchedGuest.QUANTA;
            }
            if (unattacked != null) {
                unattacked.time += guest.lasted();
            }
            for (int d = 0; d < scores.length; d++) {
                boolean alarm = scores[d] > thresholds[d];
                if (alarm && unattacked != null) {
                    unattacked.alarms[d]++;
                }
                if (alarm && delays != null && highest[d] <= thresholds[d]) {
                    delays.get(d).add(since);
                }
                highest[d] = Math.max(highest[d], scores[d]);
            }
            count(meter);
        }
        return highest;
    }

    private List<Row> rows(
            Windows clean,
            Map<Intrusion, Windows> attacks,
            Map<Intrusion, List<List<Long>>> delays) {
        List<Row> rows = new ArrayList<>();
        for (Intrusion kind : Intrusion.values()) {
            for (int d = 0; d < detectors.size(); d++) {
                double[] positive = Objects.requireNonNull(attacks.get(kind)).of(d);
                double[] negative = clean.of(d);
                Roc roc = Roc.of(positive, negative);
                List<Long> found = Objects.requireNonNull(delays.get(kind)).get(d);
                rows.add(
                        new Row(
                                kind.label(),
                                kind.writesFresh(),
                                detectors.get(d).name(),
                                positive.length,
                                roc.area(),
                                roc.error(),
                                found.size(),
                                Delay.of(found),
                                Roc.curve(positive, negative, POINTS).stream()
                                        .map(point -> new Point(point.found(), point.falsely()))
                                        .toList()));
            }
        }
        return rows;
    }

    /// What was seen while nobody attacked.
    private final class Unattacked {
        private final long[] alarms;
        private long time;

        Unattacked(int detectors) {
            alarms = new long[detectors];
        }

        List<Rate> rates() {
            double hours = time / HOUR;
            List<Rate> rates = new ArrayList<>();
            for (int d = 0; d < alarms.length; d++) {
                rates.add(
                        new Rate(
                                detectors.get(d).name(),
                                thresholds[d],
                                alarms[d],
                                alarms[d] / hours,
                                most(alarms[d]) / hours));
            }
            return rates;
        }
    }

    /// The upper end of the 95 % interval of a Poisson mean of which `count` were seen (Garwood,
    /// Biometrika 28, 1936); 3.7 of none.
    static double most(long count) {
        return ChiSquaredDistribution.of(2 * (count + 1.0)).inverseCumulativeProbability(0.975) / 2;
    }
}
