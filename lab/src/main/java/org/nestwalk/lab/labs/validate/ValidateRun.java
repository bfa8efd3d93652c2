package org.nestwalk.lab.labs.validate;

import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.OptionalLong;
import java.util.concurrent.CancellationException;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.nestwalk.InputException;
import org.nestwalk.bits.PageSize;
import org.nestwalk.kvm.doctor.Host;
import org.nestwalk.kvm.doctor.KvmKind;
import org.nestwalk.kvm.handle.Kvm;
import org.nestwalk.kvm.measure.Clocks;
import org.nestwalk.kvm.measure.Footprints;
import org.nestwalk.kvm.measure.GuestReplay;
import org.nestwalk.kvm.measure.HostLoad;
import org.nestwalk.kvm.measure.Loads;
import org.nestwalk.kvm.measure.Loads.Place;
import org.nestwalk.kvm.measure.NativeLoads;
import org.nestwalk.kvm.measure.NativeReplay;
import org.nestwalk.kvm.measure.Opened;
import org.nestwalk.kvm.measure.PagedMemory;
import org.nestwalk.kvm.measure.Replay;
import org.nestwalk.kvm.measure.Splintering;
import org.nestwalk.kvm.sys.SystemCallException;
import org.nestwalk.lab.calibrate.CalibrationRounds;
import org.nestwalk.lab.calibrate.HostPaging;
import org.nestwalk.lab.experiment.EndedEarly;
import org.nestwalk.lab.experiment.Laboratory;
import org.nestwalk.lab.machines.Machines;
import org.nestwalk.lab.progress.Meter;
import org.nestwalk.lab.progress.ProgressEvent;
import org.nestwalk.mmu.model.ProcessorModel;

/// Measures programs and, unless there is a machine, the loads that one is fitted to, in the same
/// rounds; and has the machine predict the programs.
final class ValidateRun {
    /// Pieces before those that are timed: as many accesses as a cache of 32 MiB has lines.
    private static final int BEFORE = 256;

    private static final int PER_OCTAVE = 2;
    private static final List<PageSize> PAGES = List.of(PageSize.SIZE_4K, PageSize.SIZE_2M);

    /// What to do.
    ///
    /// @param place that is judged
    /// @param programs without their footprints
    /// @param sizes ascending
    /// @param machine a preset or a file; null to calibrate first
    /// @param rounds of measuring
    /// @param pieces of a case that are timed in a round
    /// @param seed of the simulated machine
    record Options(
            Place place,
            List<String> programs,
            List<Long> sizes,
            @Nullable String machine,
            int rounds,
            int pieces,
            long seed) {
        /// All of one place.
        List<Case> cases(Place some) {
            List<Case> cases = new ArrayList<>();
            for (String program : programs) {
                for (long bytes : sizes) {
                    PAGES.forEach(size -> cases.add(new Case(some, program, bytes, size)));
                }
            }
            return cases;
        }

        /// All, those of a guest beside those of the host.
        List<Case> cases() {
            List<Case> cases = new ArrayList<>(cases(Place.NATIVE));
            if (place == Place.GUEST) {
                cases.addAll(cases(Place.GUEST));
            }
            return cases;
        }

        /// The largest size.
        long most() {
            return sizes.getLast();
        }
    }

    private final Host host;
    private final Options options;
    private final Laboratory laboratory;
    private final KvmKind kind;
    private final Opened open = new Opened();
    private final Clocks clocks = Clocks.measure();
    private long prepared;
    private boolean splintered;
    private int rounds;
    private long done;
    private long steps;

    ValidateRun(Host host, Options options, Laboratory laboratory) {
        this.host = host;
        this.options = options;
        this.laboratory = laboratory;
        this.kind = KvmKind.of(host);
    }

    /// Does it all; of what is ended while it is measured, as many rounds as were complete.
    ///
    /// @throws InputException if the host lets nothing be measured
    /// @throws EndedEarly if there is nothing to say
    ValidateResult run() {
        ProcessorModel given =
                options.machine == null ? null : Machines.named(options.machine).model();
        HostLoad start = HostLoad.now(host.proc());
        CalibrationRounds calibration;
        Measured measured;
        try {
            Map<PageSize, Loads> loads = new EnumMap<>(PageSize.class);
            Map<Place, Map<PageSize, Replay>> replays = new EnumMap<>(Place.class);
            prepare(loads, replays);
            calibration = given == null ? calibration(loads, replays) : null;
            measured = measured(replays);
            rounds(calibration, measured);
        } catch (CancellationException e) {
            throw new EndedEarly();
        } catch (SystemCallException e) {
            throw new InputException("cannot measure: " + e.getMessage(), e);
        } finally {
            open.close();
        }
        if (rounds == 0) {
            throw new EndedEarly();
        }
        HostLoad end = HostLoad.now(host.proc());
        ProcessorModel machine =
                calibration == null
                        ? Objects.requireNonNull(given)
                        : calibration.machine(host, splintered, today());
        Map<Case, Double> predicted = predicted(machine);
        return new ValidateResult(
                label(options.place),
                machine.name(),
                options.machine == null,
                host.processor("model name"),
                System.getProperty("os.version", "unknown"),
                options.place == Place.GUEST ? kind.text() : null,
                splintered,
                rounds,
                (long) options.pieces * Measured.PIECE,
                end.othersSince(start),
                end.stolenSince(start),
                Ratios.times(options, measured, predicted),
                Ratios.of(options, measured, predicted));
    }

    /// How users call a place.
    static String label(Place place) {
        return place == Place.GUEST ? "kvm" : "host";
    }

    private static String today() {
        return LocalDate.now(ZoneOffset.UTC).toString();
    }

    private void rounds(@Nullable CalibrationRounds calibration, Measured measured) {
        steps = (long) options.rounds * ((calibration == null ? 0 : calibration.steps()) + cases());
        while (rounds < options.rounds
                && (calibration == null || calibration.round(this::goOn))
                && measured.round(this::goOn)) {
            rounds++;
        }
    }

    private int cases() {
        return options.cases().size();
    }

    private void prepare(Map<PageSize, Loads> loads, Map<Place, Map<PageSize, Replay>> replays) {
        int most = Math.max((BEFORE + options.pieces) * Measured.PIECE, CalibrationRounds.ACCESSES);
        for (PageSize pages : PAGES) {
            PagedMemory memory = open.add(PagedMemory.of(pages, options.most(), this::prepared));
            loads.put(pages, open.add(new NativeLoads(memory)));
            add(replays, open.add(new NativeReplay(memory, most)));
            if (options.place == Place.GUEST) {
                Kvm kvm = open.add(Kvm.open(host.device().toString()));
                add(replays, open.add(GuestReplay.of(kvm, memory, pages, most, this::prepared)));
            }
        }
        splintered =
                Splintering.isFound(
                        Objects.requireNonNull(loads.get(PageSize.SIZE_4K)),
                        Objects.requireNonNull(loads.get(PageSize.SIZE_2M)));
    }

    private CalibrationRounds calibration(
            Map<PageSize, Loads> loads, Map<Place, Map<PageSize, Replay>> replays) {
        return new CalibrationRounds(
                clocks,
                List.copyOf(loads.values()),
                replay(replays, Place.NATIVE, PageSize.SIZE_2M),
                Footprints.upTo(options.most(), PER_OCTAVE),
                options.rounds);
    }

    private Measured measured(Map<Place, Map<PageSize, Replay>> replays) {
        return new Measured(
                options.cases(),
                one -> replay(replays, one.place(), one.pages()),
                clocks,
                BEFORE,
                options.pieces);
    }

    private static Replay replay(
            Map<Place, Map<PageSize, Replay>> replays, Place place, PageSize pages) {
        return Objects.requireNonNull(Objects.requireNonNull(replays.get(place)).get(pages));
    }

    private static void add(Map<Place, Map<PageSize, Replay>> replays, Replay replay) {
        replays.computeIfAbsent(replay.place(), _ -> new EnumMap<>(PageSize.class))
                .put(replay.pages(), replay);
    }

    private void prepared(long bytes) {
        prepared += bytes;
        long all = options.most() * PAGES.size() * (options.place == Place.GUEST ? 2 : 1);
        if (!report("prepared", prepared >> 20, all >> 20)) {
            throw new CancellationException();
        }
    }

    private boolean goOn() {
        return report("measured", done++, steps);
    }

    private boolean report(String phase, long done, long all) {
        return laboratory
                .progress()
                .update(new ProgressEvent(phase, done, OptionalLong.of(all), "steps", Map.of()));
    }

    private Map<Case, Double> predicted(ProcessorModel machine) {
        Predicted predictor =
                new Predicted(
                        machine,
                        new HostPaging(kind, splintered),
                        (long) options.pieces * Measured.PIECE,
                        options.seed);
        List<Case> cases = options.cases();
        List<Function<Meter, Map.Entry<Case, Double>>> parts = new ArrayList<>();
        for (Case one : cases) {
            parts.add(meter -> Map.entry(one, predictor.nanoseconds(one, meter)));
        }
        Map<Case, Double> predicted = new HashMap<>();
        for (Map.Entry<Case, Double> done :
                laboratory.sideBySide(Runtime.getRuntime().availableProcessors(), parts)) {
            predicted.put(done.getKey(), done.getValue());
        }
        return predicted;
    }
}
