package org.nestwalk.lab.labs.curve;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Supplier;
import org.nestwalk.bits.PageSize;
import org.nestwalk.lab.compare.CompareOptions;
import org.nestwalk.lab.compare.Comparison;
import org.nestwalk.lab.compare.ComparisonResult;
import org.nestwalk.lab.compare.SetupCounts;
import org.nestwalk.lab.compare.Workload;
import org.nestwalk.lab.curve.CurveSizes;
import org.nestwalk.lab.curve.LookupCurve;
import org.nestwalk.lab.curve.VariedTlb;
import org.nestwalk.lab.experiment.EndedEarly;
import org.nestwalk.lab.labs.curve.CurveResult.Marked;
import org.nestwalk.lab.labs.curve.CurveResult.Point;
import org.nestwalk.lab.labs.curve.CurveResult.Reuse;
import org.nestwalk.lab.labs.curve.CurveResult.SetupCurve;
import org.nestwalk.lab.labs.curve.CurveResult.Simulated;
import org.nestwalk.lab.labs.curve.CurveResult.Tlb;
import org.nestwalk.lab.labs.curve.CurveResult.WorkingSet;
import org.nestwalk.lab.machines.Machines;
import org.nestwalk.lab.progress.ProgressListener;
import org.nestwalk.mmu.count.MmuCounts;
import org.nestwalk.mmu.model.Geometry;
import org.nestwalk.mmu.model.ProcessorModel;

/// One pass over a workload, in which curves are counted beside simulations of some sizes.
///
/// @param tlb what is varied
/// @param options what runs, on the machine as it is
/// @param simulated sizes to simulate beside it
/// @param marked presets by the geometry of their TLB
/// @param counter makes a curve without look-ups
record CurveRun(
        VariedTlb tlb,
        CompareOptions options,
        List<Geometry> simulated,
        Map<Geometry, List<String>> marked,
        Supplier<LookupCurve> counter) {

    /// The presets by the geometry of the TLB that would be varied of them, the smallest first.
    static Map<Geometry, List<String>> presets() {
        Map<Geometry, List<String>> presets =
                new TreeMap<>(
                        Comparator.comparingInt(Geometry::entries)
                                .thenComparingInt(Geometry::ways));
        for (String name : Machines.presets()) {
            Geometry geometry = VariedTlb.of(Machines.named(name).model()).model().geometry();
            presets.computeIfAbsent(geometry, _ -> new ArrayList<>()).add(name);
        }
        return presets;
    }

    /// All geometries that are asked about.
    static List<Geometry> geometries(
            VariedTlb tlb, List<Geometry> simulated, Map<Geometry, List<String>> marked) {
        List<Geometry> all = new ArrayList<>(CurveSizes.all());
        all.add(tlb.model().geometry());
        all.addAll(simulated);
        all.addAll(marked.keySet());
        return all;
    }

    /// Runs it.
    ///
    /// @throws org.nestwalk.InputException if the workload is damaged, or has pages of which there
    ///   is no curve
    CurveResult run(Workload workload, ProgressListener progress) {
        Set<Geometry> sizes = new LinkedHashSet<>();
        sizes.add(tlb.model().geometry());
        sizes.addAll(simulated);
        List<CompareOptions> parts =
                sizes.stream().map(size -> options.on(tlb.machineWith(size))).toList();
        List<LookupCurve> curves = options.setups().stream().map(_ -> counter.get()).toList();
        List<ComparisonResult> results = new Comparison(parts, curves).runAll(workload, progress);
        ComparisonResult own = results.getFirst();
        if (own.setups().getFirst().counts().accesses() == 0) {
            throw new EndedEarly();
        }
        List<SetupCurve> setups = new ArrayList<>();
        for (int i = 0; i < curves.size(); i++) {
            int setup = i;
            List<SetupCounts> counts =
                    results.stream().map(result -> result.setups().get(setup)).toList();
            setups.add(new OneSetup(curves.get(i), counts).curve(List.copyOf(sizes)));
        }
        ProcessorModel machine = options.machine();
        Geometry geometry = tlb.model().geometry();
        return new CurveResult(
                machine.name(),
                own.workload(),
                own.setups().getFirst().counts().accesses(),
                own.warnings(),
                new Tlb(
                        tlb.model().name(),
                        tlb.model().sizes().stream().sorted().map(PageSize::label).toList(),
                        geometry.entries(),
                        geometry.ways(),
                        tlb.model().hitCycles()),
                !curves.getFirst().knows(CurveSizes.of(CurveSizes.LEAST, 1)),
                setups);
    }

    /// What one setup counted.
    private final class OneSetup {
        private final LookupCurve curve;
        private final List<SetupCounts> counts;
        private final MmuCounts own;
        private final double walkCycles;
        private final long ownMisses;

        OneSetup(LookupCurve curve, List<SetupCounts> counts) {
            this.curve = curve;
            this.counts = counts;
            this.own = counts.getFirst().counts();
            long walks = own.walks.walks + own.dirtyWalks.walks;
            this.walkCycles = walks == 0 ? 0 : (double) own.walkCycles / walks;
            this.ownMisses = own.l2Misses();
        }

        SetupCurve curve(List<Geometry> sizes) {
            return new SetupCurve(
                    counts.getFirst().name(),
                    curve.lookups(),
                    curve.otherMisses(),
                    Math.round(curve.firstUses()),
                    curve.pages(),
                    curve.rate(),
                    walkCycles,
                    CurveSizes.all().stream().filter(curve::knows).map(this::point).toList(),
                    marked.entrySet().stream()
                            .map(one -> new Marked(one.getValue(), point(known(one.getKey()))))
                            .toList(),
                    simulated(sizes),
                    reuses(),
                    workingSets());
        }

        /// The geometry, or if nothing is known of it a fully associative one.
        private Geometry known(Geometry size) {
            return curve.knows(size) ? size : CurveSizes.of(size.entries(), size.entries());
        }

        private Point point(Geometry size) {
            long misses = Math.round(curve.misses(size)) + curve.otherMisses();
            double cycles =
                    own.translationCycles()
                            + (misses - ownMisses) * (walkCycles - tlb.model().hitCycles());
            return new Point(size.entries(), size.ways(), misses, Math.max(0, Math.round(cycles)));
        }

        private List<Simulated> simulated(List<Geometry> sizes) {
            List<Simulated> all = new ArrayList<>();
            for (int i = 0; i < sizes.size(); i++) {
                MmuCounts simulated = counts.get(i).counts();
                Point point = point(known(sizes.get(i)));
                long cycles = simulated.translationCycles();
                all.add(
                        new Simulated(
                                point,
                                sizes.get(i).ways(),
                                simulated.l2Misses(),
                                cycles,
                                cycles == 0 ? null : (double) point.cycles() / cycles - 1));
            }
            return all;
        }

        private List<Reuse> reuses() {
            List<Reuse> all = new ArrayList<>();
            for (int pages = 1; pages <= LookupCurve.MOST_ENTRIES; pages *= 2) {
                double misses = curve.misses(CurveSizes.of(pages, pages));
                all.add(new Reuse(pages, curve.lookups() - Math.round(misses)));
            }
            return all;
        }

        private List<WorkingSet> workingSets() {
            List<WorkingSet> all = new ArrayList<>();
            double[] pages = curve.workingSets();
            for (int power = 0; power < pages.length; power++) {
                all.add(new WorkingSet(1L << power, pages[power]));
            }
            return all;
        }
    }
}
