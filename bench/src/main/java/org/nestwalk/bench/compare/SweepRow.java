package org.nestwalk.bench.compare;

import java.util.ArrayList;
import java.util.List;
import org.nestwalk.bench.compare.measured.SweepConfigurations;
import org.nestwalk.bench.compare.measured.SweepMeasurement;
import org.nestwalk.bench.compare.measured.Values;

/// Sixteen machine configurations in one virtual machine, each against itself alone in one of its
/// own. Seventeen virtual machines take minutes, and the machines are many samples in themselves,
/// so that there is one round where the other rows have three.
record SweepRow() implements Row {
    private static final String WORK = "sweep of 16 machines / each alone";

    @Override
    public String name() {
        return "sweep";
    }

    @Override
    public List<Line> measure(Laboratory laboratory) {
        List<String> names = SweepConfigurations.names();
        List<Pairs> byConfiguration = new ArrayList<>();
        names.forEach(_ -> byConfiguration.add(new Pairs()));
        int rounds = (laboratory.rounds() + 2) / 3;
        for (int round = 0; round < rounds; round++) {
            laboratory.progress().show(name(), round, rounds);
            Values sweep =
                    laboratory
                            .processes()
                            .java(SweepMeasurement.class, names.toArray(String[]::new));
            for (int i = 0; i < names.size(); i++) {
                String name = names.get(i);
                laboratory.progress().show("sweep, " + name + " alone", round, rounds);
                Values alone = laboratory.processes().java(SweepMeasurement.class, name);
                byConfiguration
                        .get(i)
                        .add(Pairs.median(sweep.all(name)), Pairs.median(alone.all(name)));
            }
        }
        return lines(names, byConfiguration);
    }

    /// The range is that over configurations, of which the worst three are named.
    private static List<Line> lines(List<String> names, List<Pairs> byConfiguration) {
        Pairs all = new Pairs();
        byConfiguration.forEach(pairs -> all.add(pairs.ourMedian(), pairs.theirMedian()));
        List<Line> lines = new ArrayList<>();
        lines.add(Line.compared(WORK, "zipf", " M/s", all, Target.ratio(0.9)));
        List<Integer> worstFirst = new ArrayList<>();
        for (int i = 0; i < names.size(); i++) {
            worstFirst.add(i);
        }
        worstFirst.sort((a, b) ->
                Double.compare(ratio(byConfiguration.get(a)), ratio(byConfiguration.get(b))));
        for (int i : worstFirst.subList(0, 3)) {
            lines.add(
                    Line.compared(
                            "  " + names.get(i), "zipf", " M/s", byConfiguration.get(i), null));
        }
        return lines;
    }

    private static double ratio(Pairs pairs) {
        return Pairs.median(pairs.ratios());
    }
}
