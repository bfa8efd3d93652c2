package org.nestwalk.lab.labs.integrity;

import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.function.ToIntFunction;
import org.nestwalk.document.Conclusion;
import org.nestwalk.document.Condition;
import org.nestwalk.document.Figures;
import org.nestwalk.guest.kernel.image.attack.Attack;
import org.nestwalk.lab.labs.integrity.IntegrityResult.Cell;
import org.nestwalk.lab.labs.integrity.IntegrityResult.Cost;
import org.nestwalk.lab.labs.integrity.IntegrityResult.Writes;

/// What a run shows, and what it does not.
final class IntegrityConclusion {
    /// A look of a guard may come so much later, as the guest's work ends first: a sixteenth.
    private static final double LATE = 1.0 / 16;

    private static final int MANY_WRITES = 10;

    private final IntegrityResult result;
    private final Conclusion conclusion = new Conclusion();

    private IntegrityConclusion(IntegrityResult result) {
        this.result = result;
    }

    static Conclusion of(IntegrityResult result) {
        IntegrityConclusion made = new IntegrityConclusion(result);
        made.prevention();
        made.delay();
        made.remapping();
        made.devices();
        made.data();
        made.falseAlarms();
        made.writes();
        made.patching();
        made.tables();
        return made.conclusion;
    }

    private List<Cell> cells(Guard guard, boolean writesCode) {
        return result.cells().stream()
                .filter(cell ->
                        cell.guard().equals(guard.label())
                                && List.of(Attack.values()).stream()
                                        .anyMatch(attack ->
                                                attack.label().equals(cell.attack())
                                                        && attack.writesCode() == writesCode))
                .toList();
    }

    private static int sum(List<Cell> cells, ToIntFunction<Cell> of) {
        return cells.stream().mapToInt(of).sum();
    }

    private void prevention() {
        List<Cell> writes = cells(Guard.PROTECTION, true);
        int tried = sum(writes, Cell::tried);
        if (tried > 0) {
            int prevented = sum(writes, Cell::prevented);
            conclusion
                    .expect(
                            "protection-prevents-writes",
                            Condition.alike(
                                    "attacks that write to code, prevented",
                                    prevented,
                                    "attacks that write to code",
                                    tried,
                                    0))
                    .say(
                            "Write protection prevents all %2$,d attack{s} that write to code,"
                                    + " through whatever mapping.",
                            "Write protection prevents %1$,d of %2$,d attack{s} that write to"
                                    + " code.",
                            prevented,
                            tried);
        }
    }

    private void delay() {
        List<Cell> writes = cells(Guard.LOG, true);
        int tried = sum(writes, Cell::tried);
        long longest =
                writes.stream()
                        .map(Cell::maxDelay)
                        .filter(Objects::nonNull)
                        .mapToLong(Long::longValue)
                        .max()
                        .orElse(0);
        if (tried > 0) {
            int found = sum(writes, Cell::detected);
            conclusion
                    .expect(
                            "log-finds-within-a-period",
                            Condition.alike(
                                    "attacks that write to code, found by the log",
                                    found,
                                    "attacks that write to code",
                                    tried,
                                    0),
                            Condition.atMost(
                                    "ns of the longest delay",
                                    (double) longest,
                                    "ns of a period, and a sixteenth",
                                    result.period() * (1 + LATE)))
                    .say(
                            "The log prevents none of them and finds %1$,d of %2$,d, each within a"
                                    + " period of %4$s (at most after %3$s).",
                            "The log finds %1$,d of %2$,d of them, the last after %3$s, with a"
                                    + " period of %4$s.",
                            found,
                            tried,
                            Figures.time(longest),
                            Figures.time(result.period()));
        }
    }

    private void remapping() {
        result.cell(Attack.REMAP.label(), Guard.PROTECTION)
                .ifPresent(frames ->
                        result.cell(Attack.REMAP.label(), Guard.TABLES)
                                .ifPresent(tables -> remapping(frames, tables)));
    }

    private void remapping(Cell frames, Cell tables) {
        conclusion
                .expect(
                        "remapping-takes-tables",
                        Condition.alike(
                                "remappings that write protection of frames misses",
                                frames.missed(),
                                "remappings",
                                frames.tried(),
                                0),
                        Condition.alike(
                                "remappings prevented with page tables guarded",
                                tables.prevented(),
                                "remappings",
                                tables.tried(),
                                0))
                .say(
                        "Remapping is missed by who guards frames (%1$,d of %2$,d) and prevented"
                                + " where page tables are guarded, too (%3$,d of %4$,d).",
                        "Of remappings, who guards frames misses %1$,d of %2$,d, and who guards"
                                + " page tables, too, prevents %3$,d of %4$,d.",
                        frames.missed(),
                        frames.tried(),
                        tables.prevented(),
                        tables.tried());
    }

    private void devices() {
        result.cell(Attack.DEVICE.label(), Guard.HASHING)
                .ifPresent(hashing ->
                        conclusion
                                .expect(
                                        "hashing-finds-devices",
                                        Condition.alike(
                                                "writes of devices found by hashing",
                                                hashing.detected(),
                                                "writes of devices",
                                                hashing.tried(),
                                                0))
                                .say(
                                        "What a device writes only hashing is sure to find (%1$,d"
                                                + " of %2$,d); the log finds it where a processor"
                                                + " writes the same page before it looks.",
                                        "Hashing finds %1$,d of %2$,d write{s} of devices.",
                                        hashing.detected(),
                                        hashing.tried()));
    }

    private void data() {
        List<Cell> all =
                result.cells().stream()
                        .filter(cell -> cell.attack().equals(Attack.RETURN_ADDRESS.label()))
                        .toList();
        if (!all.isEmpty()) {
            int noticed = sum(all, Cell::prevented) + sum(all, Cell::detected);
            conclusion
                    .expect(
                            "data-is-nobodys",
                            Condition.alike(
                                    "overwritten return addresses noticed", noticed, "none", 0, 0))
                    .say(
                            "An overwritten return address, which is data, is noticed by nobody.",
                            "Overwritten return addresses are noticed %,d time{s}.",
                            noticed);
        }
    }

    private void falseAlarms() {
        long patches = result.costs().stream().mapToLong(Cost::patches).sum();
        if (patches > 0) {
            long loads = result.costs().stream().mapToLong(Cost::loads).sum();
            long alarms = result.costs().stream().mapToLong(Cost::alarms).sum();
            conclusion
                    .expect(
                            "no-false-alarms",
                            Condition.alike(
                                    "alarms without an attack", (double) alarms, "none", 0, 0))
                    .say(
                            "%1$,d patch{es} of kernels and %2$,d module{s} and program{s} that"
                                    + " nobody attacked raised no alarm.",
                            "%1$,d patch{es} of kernels and %2$,d module{s} and program{s} that"
                                    + " nobody attacked raised %3$,d alarm{s}.",
                            patches,
                            loads,
                            alarms);
        }
    }

    private void writes() {
        double least = Double.POSITIVE_INFINITY;
        for (Writes row : result.writes()) {
            if (row.writes() >= MANY_WRITES) {
                least =
                        Math.min(
                                least,
                                IntegrityDocument.ratio(result, row.writes()) / row.writes());
            }
        }
        if (least != Double.POSITIVE_INFINITY) {
            conclusion
                    .expect(
                            "log-saves-by-writes",
                            Condition.atLeast(
                                    "write protection's cost by the log's, by writes a page",
                                    least,
                                    1))
                    .say(
                            "From 10 writes a page and period on, write protection takes at least"
                                    + " %.1f times as many cycles as the log for each of them: the"
                                    + " ratio is no less than the writes.",
                            "From 10 writes a page and period on, write protection takes only %.1f"
                                    + " times as many cycles as the log for each of them.",
                            least);
        }
    }

    private Optional<Cost> cost(String guest, Guard guard) {
        return result.costs().stream()
                .filter(cost -> cost.guest().equals(guest) && cost.guard().equals(guard.label()))
                .findFirst();
    }

    private void patching() {
        cost(CostRun.PATCHING, Guard.LOG)
                .ifPresent(log ->
                        cost(CostRun.PATCHING, Guard.PROTECTION)
                                .ifPresent(protection ->
                                        conclusion
                                                .expect(
                                                        "log-suits-patching",
                                                        Condition.below(
                                                                "slowdown by the log",
                                                                log.slowdown(),
                                                                "slowdown by write protection",
                                                                protection.slowdown(),
                                                                0))
                                                .say(
                                                        "A guest whose kernel patches itself %3$,d"
                                                            + " time{s} is slowed down %1$.2f times"
                                                            + " by the log and %2$.2f times by"
                                                            + " write protection.",
                                                        "A guest whose kernel patches itself %3$,d"
                                                            + " time{s} is slowed down no less by"
                                                            + " the log (%1$.3f times) than by"
                                                            + " write protection (%2$.3f times).",
                                                        log.slowdown(),
                                                        protection.slowdown(),
                                                        log.patches())));
    }

    private void tables() {
        cost(CostRun.QUIET, Guard.TABLES)
                .ifPresent(slow ->
                        cost(CostRun.QUIET, Guard.TABLE_FLAGS)
                                .ifPresent(fast ->
                                        conclusion
                                                .expect(
                                                        "paging-writes-make-tables-affordable",
                                                        Condition.below(
                                                                "slowdown with flags let through",
                                                                fast.slowdown(),
                                                                "slowdown with an exit for each",
                                                                slow.slowdown(),
                                                                0))
                                                .say(
                                                        "Guarding page tables makes %,d exit{s} in"
                                                            + " a guest that changes none of them,"
                                                            + " since with accessed and dirty flags"
                                                            + " in EPT each walk is a write to"
                                                            + " them: %.1f times its cycles. Where"
                                                            + " EPT lets processors set flags there"
                                                            + " are %,d: %.3f times.",
                                                        "Guarding page tables makes %,d exit{s}:"
                                                            + " %.3f times the cycles of a guest"
                                                            + " that changes none of them; where"
                                                            + " EPT lets processors set flags, %,d:"
                                                            + " %.3f times.",
                                                        slow.writeTraps(),
                                                        slow.slowdown(),
                                                        fast.writeTraps(),
                                                        fast.slowdown())));
    }
}
