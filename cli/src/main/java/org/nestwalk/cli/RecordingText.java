package org.nestwalk.cli;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.nestwalk.Quantities;
import org.nestwalk.document.Figures;
import org.nestwalk.traces.record.RecordRequest;
import org.nestwalk.traces.record.Recording;

/// What `record` says in the end.
final class RecordingText {
    /// How many different programs of children are named.
    private static final int MOST_NAMED = 5;

    /// From this excess of what was mapped in all over what was mapped at once, it is said.
    private static final double NOTABLE = 1.05;

    private RecordingText() {}

    /// Lines: what was recorded, and what was not or not as it would be without a recorder.
    static List<String> of(RecordRequest request, Recording recording) {
        List<String> lines = new ArrayList<>();
        lines.add(
                String.format(
                        Locale.ROOT,
                        "recorded %s of %s with %s in %s (%s); %s",
                        Quantities.counted(recording.accesses(), "access"),
                        recording.program().getFirst(),
                        recording.recorder(),
                        request.output(),
                        Quantities.counted(recording.bytes(), "byte"),
                        ended(recording)));
        if (!recording.dependence()) {
            lines.add(
                    "which accesses depend on which was not derived, so that run gives bounds of"
                            + " time; it takes qemu-user, cc and Capstone, install libcapstone-dev"
                            + " (capstone-devel)");
        }
        String asked = request.command().getFirst();
        if (!recording.program().equals(request.command())) {
            lines.add(
                    "%s executed %s in its place; the trace is of that program alone"
                            .formatted(asked, String.join(" ", recording.program())));
        }
        String left = recording.left();
        if (left != null) {
            lines.add(
                    "%s executed %s in its place, which %s cannot run: it was not recorded"
                            .formatted(recording.program().getFirst(), left, recording.recorder()));
        }
        if (!recording.children().isEmpty()) {
            lines.add(children(recording.children()));
        }
        if (recording.mapped() > NOTABLE * recording.mappedAtMost()) {
            lines.add(
                    "the program mapped %s in all and %s at once at most; QEMU gives each mapping new addresses where Linux reuses them, so the trace's footprint is too large"
                            .formatted(
                                    Figures.bytes(recording.mapped()),
                                    Figures.bytes(recording.mappedAtMost())));
        }
        return lines;
    }

    private static String ended(Recording recording) {
        int status = recording.exitStatus();
        if (recording.stopped()) {
            return "the program was stopped";
        }
        return status > 128
                ? "signal %d ended the program".formatted(status - 128)
                : "the program ended with status " + status;
    }

    private static String children(List<String> children) {
        Map<String, Integer> byProgram = new LinkedHashMap<>();
        children.forEach(program -> byProgram.merge(program, 1, Integer::sum));
        List<String> names = new ArrayList<>();
        byProgram.forEach((program, number) -> {
            if (names.size() < MOST_NAMED) {
                String name = program.isEmpty() ? "a copy of the program itself" : program;
                names.add(number == 1 ? name : name + " (" + number + " times)");
            }
        });
        int more = byProgram.size() - names.size();
        return "not recorded: %s, %s%s; nestwalk record -- PROGRAM records one by itself"
                .formatted(
                        Quantities.counted(children.size(), "child process"),
                        String.join(", ", names),
                        more == 0 ? "" : " and " + Quantities.counted(more, "other program"));
    }
}
