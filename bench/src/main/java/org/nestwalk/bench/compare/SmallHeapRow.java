package org.nestwalk.bench.compare;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.nestwalk.bench.compare.measured.DecodingInput;

/// Whether `./nestwalk run`, with its seven setups, does with a heap of 512 MiB, whatever the
/// trace: a recorded one, and one that touches all of 1 GiB.
record SmallHeapRow() implements Row {
    private static final Map<String, String> SMALL = Map.of("NESTWALK_JAVA_OPTS", "-Xmx512m");

    @Override
    public String name() {
        return "memory-run";
    }

    @Override
    public List<Line> measure(Laboratory laboratory) {
        Processes processes = laboratory.processes();
        String written =
                DecodingInput.DRMEMTRACE
                        .in(processes.root().resolve("bench/target/traces"))
                        .toString();
        List<Line> lines = new ArrayList<>();
        for (String trace : List.of("examples/python.nwt", written)) {
            laboratory.progress().show(name() + " " + trace);
            Processes.Outcome outcome = processes.run(List.of("./nestwalk", "run", trace), SMALL);
            boolean holds = outcome.status() == 0;
            lines.add(
                    Line.required(
                            "run of seven setups in 512 MiB",
                            trace.substring(trace.lastIndexOf('/') + 1),
                            holds ? "completes" : firstLine(outcome.errors()),
                            "completes",
                            holds));
        }
        return lines;
    }

    private static String firstLine(String text) {
        return text.lines().findFirst().orElse("fails");
    }
}
