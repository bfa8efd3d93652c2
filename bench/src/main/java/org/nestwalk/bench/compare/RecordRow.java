package org.nestwalk.bench.compare;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.nestwalk.bench.compare.measured.RecordMeasurement;
import org.nestwalk.bench.compare.measured.Values;

/// Recording of two small programs through QEMU, with fetches and without, against QEMU alone.
record RecordRow() implements Row {
    private static final Path PROGRAMS = Path.of("bench", "target", "record");

    /// @param name of its source in `bench/record`
    /// @param times its argument, so that it runs for some seconds in QEMU
    private record Program(String name, String times) {}

    private static final List<Program> RECORDED =
            List.of(new Program("updates", "40000000"), new Program("chase", "10000000"));

    @Override
    public String name() {
        return "record";
    }

    @Override
    public List<Line> measure(Laboratory laboratory) {
        List<Line> lines = new ArrayList<>();
        for (Program program : RECORDED) {
            lines.addAll(measure(laboratory, program, "fetches", 12));
            lines.addAll(measure(laboratory, program, "data", 6));
        }
        return lines;
    }

    private List<Line> measure(Laboratory laboratory, Program program, String what, double most) {
        String work = "recorded with " + what + " / QEMU alone";
        Target target = Target.atMost(most, "", false);
        Path file = laboratory.processes().root().resolve(PROGRAMS).resolve(program.name());
        if (!Files.exists(file) || !isInstalled("qemu-x86_64")) {
            String why = "needs qemu-user and a C compiler";
            return List.of(Line.missing(work, program.name(), "", target, why));
        }
        Pairs pairs = new Pairs();
        List<Double> ours = new ArrayList<>();
        List<Double> qemu = new ArrayList<>();
        for (int round = 0; round < laboratory.rounds(); round++) {
            laboratory.progress().show(name() + " " + what, round, laboratory.rounds());
            Values values =
                    laboratory
                            .processes()
                            .java(RecordMeasurement.class, what, file.toString(), program.times());
            pairs.addAll(values.all("recorded"), values.all("alone"));
            ours.add(Pairs.median(values.all("ours")));
            qemu.add(Pairs.median(values.all("qemu")));
        }
        return List.of(
                Line.compared(work, program.name(), " s", pairs, target),
                Line.information(
                        "  processor time of QEMU, and ours",
                        program.name(),
                        "%s and %s times"
                                .formatted(
                                        Target.number(Pairs.median(qemu)),
                                        Target.number(Pairs.median(ours))),
                        "-"));
    }

    private static boolean isInstalled(String program) {
        String path = System.getenv().getOrDefault("PATH", "");
        for (String folder : path.split(":", -1)) {
            if (Files.isExecutable(Path.of(folder, program))) {
                return true;
            }
        }
        return false;
    }
}
