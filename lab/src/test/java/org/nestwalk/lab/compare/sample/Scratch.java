package org.nestwalk.lab.compare.sample;

import java.util.List;
import org.nestwalk.lab.compare.*;
import org.nestwalk.lab.machines.Machines;
import org.nestwalk.lab.progress.ProgressListener;

public final class Scratch {
    static long cpu() {
        return ((com.sun.management.OperatingSystemMXBean) java.lang.management.ManagementFactory.getOperatingSystemMXBean()).getProcessCpuTime();
    }

    public static void main(String[] a) {
        String machine = a[0];
        String program = a[1];
        List<String> setups = List.of(a[2].split(","));
        int threads = Integer.parseInt(a[3]);
        int trials = Integer.parseInt(a[4]);
        double precision = Double.parseDouble(a[5]);
        CompareOptions o =
                new CompareOptions(
                        Machines.named(machine).model(), setups, Long.MAX_VALUE, 0, 0, 1,
                        "contiguous", "contiguous", 4, 4, threads);
        long t = cpu();
        ComparisonResult exact;
        try (Workload w = Workloads.open(program, null, 4)) {
            exact = new Comparison(o).run(w, ProgressListener.NONE);
        }
        double te = (cpu() - t) / 1e9;
        System.out.printf("exact %.1f s%n", te);
        int[] in = new int[setups.size()];
        for (int i = 1; i <= trials; i++) {
            CompareOptions oi =
                    new CompareOptions(
                            o.machine(), setups, Long.MAX_VALUE, 0, 0, 1,
                            "contiguous", "contiguous", 4, 4, threads);
            t = cpu();
            SampledComparison.extra = i;
            SampledResult r =
                    new SampledComparison(List.of(oi), new Sampling(0.95, precision), () -> Workloads.open(program, null, 4))
                            .run(ProgressListener.NONE)
                            .getFirst();
            double ts = (cpu() - t) / 1e9;
            StringBuilder s = new StringBuilder();
            for (int k = 0; k < setups.size(); k++) {
                double x = exact.setups().get(k).translationShare(o.machine());
                ShareEstimate e = r.sample().shares().get(k);
                boolean ok = x >= e.low() && x <= e.high();
                in[k] += ok ? 1 : 0;
                s.append(String.format(" | %s %.4f est %.4f +-%.4f dev %+.4f %s", setups.get(k), x, e.share(), e.halfWidth(), e.share() - x, ok ? "in" : "OUT"));
            }
            System.out.printf("%.1f s (%.1fx) passes %d units %d measured %d made %d reached %s %s%n", ts, te / ts, r.sample().passes(), r.sample().units(), r.sample().measured(), r.sample().made(), r.sample().reached(), s);
        }
        System.out.printf("cpu exact %.1f%n", te); System.out.println(java.util.Arrays.toString(in) + " of " + trials);
    }
}
