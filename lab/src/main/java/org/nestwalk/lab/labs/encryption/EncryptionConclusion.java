package org.nestwalk.lab.labs.encryption;

import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import org.nestwalk.document.Conclusion;
import org.nestwalk.document.Condition;
import org.nestwalk.document.Figures;
import org.nestwalk.lab.labs.encryption.EncryptionResult.AttackRow;
import org.nestwalk.lab.labs.encryption.EncryptionResult.InCache;
import org.nestwalk.machine.Protection;
import org.nestwalk.mmu.cache.EncryptionScope;

/// What a run shows, and what it does not.
final class EncryptionConclusion {
    private static final Set<String> PLAINTEXT = Set.of(Verdict.PLAINTEXT_SEEN.label());

    /// What a hypervisor learns.
    private static final Set<String> SEEN =
            Set.of(Verdict.PLAINTEXT_SEEN.label(), Verdict.EQUALITY_SEEN.label());

    /// What a guest goes on with that it did not write there last.
    private static final Set<String> DECEIVED =
            Set.of(
                    Verdict.FORGED.label(),
                    Verdict.STALE.label(),
                    Verdict.MISPLACED.label(),
                    Verdict.GARBAGE.label());

    // Fewer walks by less than this part are called as many.
    private static final double FEWER = 0.01;

    private final EncryptionResult result;
    private final int adder;
    private final Conclusion conclusion = new Conclusion();

    private EncryptionConclusion(EncryptionResult result) {
        this.result = result;
        this.adder = result.mostAdder();
    }

    static Conclusion of(EncryptionResult result) {
        EncryptionConclusion made = new EncryptionConclusion(result);
        if (!result.timing().isEmpty()) {
            made.misses();
            made.bound();
            made.programs();
        }
        made.cached();
        made.coldWalks();
        result.attacks().stream().map(AttackRow::protection).distinct().forEach(made::protection);
        return made.conclusion;
    }

    private void misses() {
        if (result.timing().stream().allMatch(row -> row.served() == 0 && row.extra() == 0)) {
            conclusion.say(
                    "No encrypted reference of the programs missed the last-level cache, so that"
                            + " there was nothing to pay for.");
            return;
        }
        long exact = result.timing().stream().filter(row -> row.extra() == row.expected()).count();
        conclusion
                .expect(
                        "costs-the-adder-for-each-miss",
                        Condition.alike(
                                "runs longer by E for each encrypted reference that memory served",
                                (double) exact,
                                "all runs",
                                result.timing().size(),
                                0))
                .say(
                        adder == 0
                                ? "An encryption that adds no cycles costs none, in all %2$,d"
                                        + " run{s}."
                                : "Encryption costs programs E for each reference that missed the"
                                        + " last-level cache, in all %2$,d run{s}.",
                        "It costs E for each reference that missed in only %,d of %,d run{s}.",
                        exact,
                        result.timing().size());
    }

    private void cached() {
        InCache cached = result.inCache();
        if (cached != null && cached.references() == 0) {
            conclusion.say(
                    "The program in the caches made no walk, so that there was nothing to hide.");
        } else if (cached != null) {
            conclusion
                    .expect(
                            "caches-hide-it",
                            Condition.alike(
                                    "cycles more of walks in the caches",
                                    (double) cached.extra(),
                                    "none",
                                    0,
                                    0))
                    .say(
                            "It costs nothing for the %,d reference{s} of walks in the caches.",
                            "Of %,d reference{s} of walks meant for the caches %,d went to memory,"
                                    + " and took %,d cycle{s} more.",
                            cached.references(),
                            cached.served(),
                            cached.extra());
        }
    }

    private void bound() {
        double most = result.timing().stream().mapToDouble(TimingRow::overhead).max().orElse(0);
        double bound = (double) adder / result.memoryCycles();
        conclusion
                .expect(
                        "bounded-by-latency",
                        // Both are quotients of whole numbers: rounding keeps their order.
                        Condition.atMost(
                                "largest overhead of a program",
                                most,
                                "largest adder over the latency of memory",
                                bound))
                .say(
                        "Programs take up to %s longer, not more than the adder over the latency"
                                + " of memory, %s.",
                        "Programs take up to %s longer, more than the adder over the latency of"
                                + " memory, %s.",
                        Figures.percent(most),
                        Figures.percent(bound));
    }

    /// What programs pay for, with all of memory encrypted.
    private void programs() {
        List<TimingRow> small = rows("4K/4K");
        List<Condition> dataFirst = new ArrayList<>();
        List<String> tablesFirst = new ArrayList<>();
        for (TimingRow row : small) {
            if (row.served() == 0) {
                continue;
            }
            Condition condition =
                    Condition.above(
                            "references of " + row.name() + " to data that memory served",
                            (double) row.data(),
                            "half of all",
                            row.served() / 2.0,
                            0);
            dataFirst.add(condition);
            if (!condition.held()) {
                tablesFirst.add(row.name());
            }
        }
        if (!dataFirst.isEmpty()) {
            conclusion
                    .expect("data-is-paid-for-first", dataFirst.toArray(Condition[]::new))
                    .say(
                            "On 4K pages programs pay for their data first.",
                            "On 4K pages these pay as much for tables as for data, or more: %s.",
                            String.join(", ", tablesFirst));
        }
        List<TimingRow> large = rows("2M/2M");
        // After an early end, those that ran on both.
        long walks = walks(small.subList(0, large.size()));
        long left = walks(large);
        if (!large.isEmpty()) {
            conclusion
                    .expect(
                            "large-pages-save-walks",
                            Condition.below(
                                    "walks with 2M pages",
                                    (double) left,
                                    "walks with 4K pages",
                                    (double) walks,
                                    FEWER * walks))
                    .say(
                            "2M pages on both sides leave %,d of %,d walk{s}.",
                            "2M pages on both sides save no walks here (%,d and %,d).",
                            left,
                            walks);
        }
    }

    private static long walks(List<TimingRow> rows) {
        return rows.stream().mapToLong(TimingRow::walks).sum();
    }

    private List<TimingRow> rows(String pages) {
        return result.timing().stream()
                .filter(row ->
                        row.pages().equals(pages)
                                && row.adder() == adder
                                && row.scope().equals(EncryptionScope.WHOLE_MEMORY.label()))
                .toList();
    }

    private void coldWalks() {
        if (adder == 0 || result.cold().isEmpty()) {
            return;
        }
        ColdWalk small = cold("4K/4K");
        ColdWalk large = cold("2M/2M");
        conclusion
                .expect(
                        "cold-walks-pay-for-every-reference",
                        Condition.alike(
                                "references of a cold walk on 4K pages that are paid for",
                                (double) small.wholeMemory() / adder,
                                "references",
                                (double) small.references(),
                                0),
                        Condition.alike(
                                "references of a cold walk on 2M pages that are paid for",
                                (double) large.wholeMemory() / adder,
                                "references",
                                (double) large.references(),
                                0))
                .say(
                        "A cold walk pays for all its references, %,d on 4K pages and %,d on 2M"
                                + " pages.",
                        "A cold walk pays for %,d reference{s} on 4K pages and %,d on 2M pages, and"
                                + " not for all of them.",
                        small.wholeMemory() / adder,
                        large.wholeMemory() / adder);
        conclusion
                .expect(
                        "guest-key-spares-nested-tables",
                        Condition.below(
                                "cycles more of a cold walk with the guest's key",
                                (double) small.guestKey(),
                                "with all of memory encrypted",
                                (double) small.wholeMemory(),
                                0))
                .say(
                        "With the guest's own key it pays for %,d and %,d, since nested tables are"
                                + " the hypervisor's.",
                        "With the guest's own key it pays for %,d and %,d: nested tables are as"
                                + " encrypted.",
                        small.guestKey() / adder,
                        large.guestKey() / adder);
    }

    private ColdWalk cold(String pages) {
        return result.cold().stream()
                .filter(walk -> walk.pages().equals(pages))
                .findFirst()
                .orElseThrow();
    }

    /// What a protection leaves to the hypervisor.
    private void protection(String protection) {
        List<String> seen = attacks(protection, SEEN);
        List<String> deceived = attacks(protection, DECEIVED);
        String learns =
                seen.isEmpty() ? "shows nothing" : "shows something to: " + String.join("; ", seen);
        String takes =
                deceived.isEmpty()
                        ? "lets none change what it reads"
                        : "lets these change what it reads: " + String.join("; ", deceived);
        String sentence =
                Figures.format(
                        "A guest with protection '%s' %s; and %s.", protection, learns, takes);
        if (protection.equals(Protection.ENCRYPTED.label())) {
            int plain = attacks(protection, PLAINTEXT).size();
            conclusion
                    .expect(
                            "encryption-hides-plaintext",
                            Condition.alike("attacks that see plaintext", plain, "none", 0, 0))
                    .say("%s", "%s Of these, %d see plaintext.", sentence, plain);
        } else if (protection.equals(Protection.OWNED.label())) {
            conclusion
                    .expect(
                            "ownership-stops-tampering",
                            Condition.alike(
                                    "attacks that change what it reads",
                                    deceived.size(),
                                    "none",
                                    0,
                                    0))
                    .say("%s", "%s", sentence);
        } else {
            conclusion.say("%s", sentence);
        }
    }

    private List<String> attacks(String protection, Set<String> verdicts) {
        Set<String> attacks = new LinkedHashSet<>();
        for (AttackRow row : result.attacks()) {
            if (row.protection().equals(protection)
                    && row.verdicts().keySet().stream().anyMatch(verdicts::contains)) {
                attacks.add(row.attack());
            }
        }
        return List.copyOf(attacks);
    }
}
