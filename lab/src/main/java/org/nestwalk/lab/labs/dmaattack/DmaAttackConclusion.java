package org.nestwalk.lab.labs.dmaattack;

import java.util.List;
import java.util.Optional;
import org.nestwalk.document.Conclusion;
import org.nestwalk.document.Condition;
import org.nestwalk.hypervisor.devices.MappingMode;
import org.nestwalk.lab.labs.dmaattack.DmaAttackResult.Mode;
import org.nestwalk.lab.labs.dmaattack.DmaAttackResult.Order;
import org.nestwalk.lab.labs.dmaattack.DmaAttackResult.Other;

/// What a run shows, and what it does not.
final class DmaAttackConclusion {
    private static final int RIGHT = 0;

    private final DmaAttackResult result;
    private final Conclusion conclusion = new Conclusion();

    private DmaAttackConclusion(DmaAttackResult result) {
        this.result = result;
    }

    static Conclusion of(DmaAttackResult result) {
        DmaAttackConclusion made = new DmaAttackConclusion(result);
        made.strict();
        made.deferred();
        made.identity();
        made.beside();
        made.guests();
        made.orders();
        return made.conclusion;
    }

    private Optional<Mode> mode(MappingMode mode) {
        return result.modes().stream().filter(row -> row.mode().equals(mode.label())).findFirst();
    }

    private void strict() {
        mode(MappingMode.STRICT)
                .ifPresent(row ->
                        conclusion
                                .expect(
                                        "strict-gives-nothing",
                                        Condition.alike(
                                                "secrets and buffers under strict",
                                                (double) row.never()
                                                        + row.atOnce()
                                                        + row.later()
                                                        + row.corrupted(),
                                                "none",
                                                0,
                                                0))
                                .say(
                                        "Strict gives the device nothing that it was never given or"
                                                + " that was taken back.",
                                        "Strict gives the device %,d secret{s}.",
                                        row.never()
                                                + row.atOnce()
                                                + row.later()
                                                + row.corrupted()));
    }

    private void deferred() {
        mode(MappingMode.DEFERRED)
                .ifPresent(row ->
                        conclusion
                                .expect(
                                        "deferred-gives-the-window",
                                        Condition.above(
                                                "secrets at once under deferred",
                                                (double) row.atOnce(),
                                                "secrets later",
                                                (double) row.later(),
                                                0),
                                        Condition.alike(
                                                "secrets later and never given",
                                                (double) (row.later() + row.never()),
                                                "none",
                                                0,
                                                0))
                                .say(
                                        "Deferred gives the device the window: %,d buffer{s} at"
                                                + " once, and none 20 ms later.",
                                        "Deferred gives the device %,d buffer{s} at once, and %,d"
                                            + " secret{s} later or of memory that it never had.",
                                        row.atOnce(),
                                        row.later() + row.never()));
    }

    private void identity() {
        mode(MappingMode.IDENTITY)
                .ifPresent(row ->
                        conclusion
                                .expect(
                                        "identity-gives-everything",
                                        Condition.alike(
                                                "secrets never given under identity",
                                                (double) row.never(),
                                                "all",
                                                (double) result.secrets(),
                                                0))
                                .say(
                                        "Identity gives the device everything.",
                                        "Identity gives the device %,d of %,d secret{s}.",
                                        row.never(),
                                        result.secrets()));
    }

    private void beside() {
        Optional<Mode> strict = mode(MappingMode.STRICT);
        Optional<Mode> shadow = mode(MappingMode.SHADOW);
        if (strict.isPresent() && shadow.isPresent()) {
            conclusion
                    .expect(
                            "only-copies-protect-the-rest-of-a-page",
                            Condition.above(
                                    "secrets beside buffers under strict",
                                    (double) strict.get().beside(),
                                    "under shadow buffers",
                                    (double) shadow.get().beside(),
                                    0),
                            Condition.alike(
                                    "secrets beside shadow buffers",
                                    (double) shadow.get().beside(),
                                    "none",
                                    0,
                                    0))
                    .say(
                            "What shares a page with a buffer is the device's while it has that,"
                                + " %1$,d secret{s} even under strict; only shadow buffers, which"
                                + " are copies, keep it.",
                            "Beside buffers it gets %1$,d secret{s} under strict and %2$,d with"
                                    + " shadow buffers.",
                            strict.get().beside(),
                            shadow.get().beside());
        }
    }

    private void guests() {
        List<Other> guests =
                result.others().stream().filter(row -> row.attacker().startsWith("guest")).toList();
        if (!guests.isEmpty()) {
            long got = guests.stream().mapToLong(Other::got).sum();
            conclusion
                    .expect(
                            "guests-get-nothing",
                            Condition.alike("secrets that guests got", (double) got, "none", 0, 0))
                    .say(
                            "A hostile guest with a device gets nothing of another.",
                            "A hostile guest with a device gets %,d secret{s} of another.",
                            got);
        }
        result.others().stream()
                .filter(row -> row.got() > 0 && !row.attacker().startsWith("guest"))
                .forEach(row ->
                        conclusion.say(
                                "Whose device may have a TLB has to trust it: saying that it has"
                                        + " translated addresses itself, it gets %,d of %,d.",
                                row.got(), row.tried()));
    }

    private void orders() {
        if (result.orders().isEmpty()) {
            return;
        }
        Order right = result.orders().get(RIGHT);
        long wrong = result.orders().size() - 1L;
        long found = result.orders().stream().skip(1).filter(Order::found).count();
        conclusion
                .expect(
                        "wrong-orders-are-found",
                        Condition.alike(
                                "stale accesses in the right order",
                                right.found() ? 1 : 0,
                                "none",
                                0,
                                0),
                        Condition.alike(
                                "wrong orders found", (double) found, "all", (double) wrong, 0))
                .say(
                        "The checker finds %,d of %,d wrong orders of unmapping, and nothing in the"
                                + " right one.",
                        "The checker finds %,d of %,d wrong orders of unmapping in so few unmaps.",
                        found,
                        wrong);
    }
}
