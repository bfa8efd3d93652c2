package org.nestwalk.lab.labs.curve;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.nestwalk.InputException;
import org.nestwalk.document.Document;
import org.nestwalk.lab.compare.CommonParameters;
import org.nestwalk.lab.compare.CompareOptions;
import org.nestwalk.lab.compare.Workload;
import org.nestwalk.lab.compare.Workloads;
import org.nestwalk.lab.curve.CurveSizes;
import org.nestwalk.lab.curve.ExactCurve;
import org.nestwalk.lab.curve.LookupCurve;
import org.nestwalk.lab.curve.SampledCurve;
import org.nestwalk.lab.curve.VariedTlb;
import org.nestwalk.lab.experiment.Experiment;
import org.nestwalk.lab.experiment.Laboratory;
import org.nestwalk.lab.labs.run.RunParameters;
import org.nestwalk.lab.machines.Timing;
import org.nestwalk.mmu.model.Geometry;
import org.nestwalk.mmu.model.ProcessorModel;
import org.nestwalk.parameter.Arguments;
import org.nestwalk.parameter.Domain;
import org.nestwalk.parameter.Parameter;

/// Misses and translation cycles over the size of the second-level TLB, from 16 to 65,536 entries,
/// for all powers of two of ways, under several setups: one pass over a trace or program.
public final class CurveExperiment implements Experiment<CurveResult> {
    private static final String NONE = "none";
    private static final String ALL_WAYS = "all";
    private static final String SIMULATE = "simulate";
    private static final String RATE = "sample-rate";
    private static final String PAGES = "sample-pages";
    private static final String ESTIMATE = "sample-estimate";
    private static final String ADJUSTED = "adjusted";
    private static final Pattern GEOMETRY = Pattern.compile("(\\d{1,6})x(\\d{1,6}|all)");

    private static final Spec SPEC =
            new Spec(
                    "curve",
                    "Misses and translation cycles over the size of the second-level TLB, for every"
                            + " size and number of ways in one pass.",
                    "misses are those of a simulation of each size; cycles are those of the machine"
                            + " as it is, with a walk of average length for each further miss and"
                            + " without one for each that is spared, except where a size was"
                            + " simulated",
                    Workloads.programsAndTraces("a trace file (- is standard input) or a program"),
                    parameters());

    private static List<Parameter> parameters() {
        List<Parameter> all = new ArrayList<>(RunParameters.withoutIntervals());
        all.replaceAll(one ->
                one.name().equals(RunParameters.SETUPS)
                        ? one.by("native:4K", "native:2M", "nested:4K/4K", "nested:2M/2M")
                        : one);
        all.add(
                new Parameter(
                        SIMULATE,
                        "sizes of the TLB that are simulated beside the machine's own, as"
                                + " ENTRIESxWAYS or ENTRIESxall, or none: each takes as long as a"
                                + " run, and says how far the estimate of cycles is off",
                        new Domain.Text("SIZE", "", CurveExperiment::geometryOrNone),
                        List.of("512x4", "4096x8"),
                        true,
                        List.of()));
        all.add(
                Parameter.optional(
                        RATE,
                        "estimates fully associative TLBs by this part of pages",
                        new Domain.Real(1e-6, 1, "")));
        all.add(
                Parameter.optional(
                                PAGES,
                                "estimates fully associative TLBs by so many pages at most, in"
                                        + " memory that does not grow",
                                new Domain.Count(16, 1 << 24))
                        .onlyWithout(RATE));
        all.add(
                Parameter.choice(
                        ESTIMATE,
                        "what look-ups are taken for that a sample has too few of, hits or such as"
                                + " the sample has",
                        ADJUSTED,
                        "plain"));
        return List.copyOf(all);
    }

    private static String geometryOrNone(String text) {
        return text.equals(NONE) ? text : text(geometry(text));
    }

    private static String text(Geometry geometry) {
        boolean full = geometry.ways() == geometry.entries();
        return geometry.entries() + "x" + (full ? ALL_WAYS : geometry.ways());
    }

    private static Geometry geometry(String text) {
        Matcher parts = GEOMETRY.matcher(text);
        if (!parts.matches()) {
            throw new InputException(
                    "'%s' is no size of a TLB; write ENTRIESxWAYS, such as 1024x8, or ENTRIESxall"
                            .formatted(text));
        }
        int entries = Integer.parseInt(parts.group(1));
        int ways = parts.group(2).equals(ALL_WAYS) ? entries : Integer.parseInt(parts.group(2));
        if (entries < 1 || entries > LookupCurve.MOST_ENTRIES) {
            throw new InputException(
                    "'%s': a TLB of a curve has 1 to %d entries"
                            .formatted(text, LookupCurve.MOST_ENTRIES));
        }
        if (ways < 1 || entries % ways != 0) {
            throw new InputException("'%s': the ways must divide the entries".formatted(text));
        }
        return CurveSizes.of(entries, ways);
    }

    @Override
    public Spec spec() {
        return SPEC;
    }

    @Override
    public CurveResult run(Laboratory laboratory, Arguments given) {
        ProcessorModel machine = Timing.blocking(given);
        VariedTlb tlb = VariedTlb.of(machine);
        CompareOptions options = RunParameters.withoutIntervals(given, machine);
        List<Geometry> simulated = simulated(given);
        Map<Geometry, List<String>> marked = CurveRun.presets();
        CurveRun run =
                new CurveRun(
                        tlb,
                        options,
                        simulated,
                        marked,
                        counter(given, tlb, CurveRun.geometries(tlb, simulated, marked)));
        try (Workload workload =
                Workloads.open(
                        given.text(Workloads.PROGRAM),
                        options.guestLevels(),
                        CommonParameters.traces(given))) {
            return run.run(workload, laboratory.progress());
        }
    }

    private static List<Geometry> simulated(Arguments given) {
        List<String> sizes = given.texts(SIMULATE);
        if (sizes.contains(NONE)) {
            if (sizes.size() > 1) {
                throw given.bad(SIMULATE, "none are none; name no sizes beside");
            }
            return List.of();
        }
        return sizes.stream().map(CurveExperiment::geometry).distinct().toList();
    }

    private static Supplier<LookupCurve> counter(
            Arguments given, VariedTlb tlb, List<Geometry> geometries) {
        boolean adjusted = given.text(ESTIMATE).equals(ADJUSTED);
        long seed = given.seed(CommonParameters.SEED.name());
        if (given.has(RATE)) {
            double rate = given.number(RATE);
            return () -> SampledCurve.ofRate(tlb, rate, adjusted, seed);
        }
        if (given.has(PAGES)) {
            int pages = given.whole(PAGES);
            return () -> SampledCurve.ofPages(tlb, pages, adjusted, seed);
        }
        if (given.isGiven(ESTIMATE)) {
            throw new InputException(
                    "%s is for samples; give %s or %s"
                            .formatted(
                                    given.called(ESTIMATE),
                                    given.called(RATE),
                                    given.called(PAGES)));
        }
        Map<Integer, Integer> ways = CurveSizes.ways(geometries);
        return () -> new ExactCurve(tlb, ways);
    }

    @Override
    public Document document(CurveResult result) {
        return CurveDocument.of(result);
    }
}
