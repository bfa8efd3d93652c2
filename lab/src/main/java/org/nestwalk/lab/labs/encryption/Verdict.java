package org.nestwalk.lab.labs.encryption;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;

/// What came of an attack.
public enum Verdict {
    /// The attacker saw what the guest had written.
    PLAINTEXT_SEEN("plaintext seen"),
    /// The attacker saw that the guest had written the same.
    EQUALITY_SEEN("equality seen"),
    /// The attacker saw nothing of that.
    NOTHING_SEEN("nothing seen"),
    /// The guest read the attacker's value.
    FORGED("forged value read"),
    /// The guest read what it had written before, not what it had written last.
    STALE("old value read"),
    /// The guest read what it had written elsewhere.
    MISPLACED("other page's value read"),
    /// The guest read what nobody had written.
    GARBAGE("garbage read"),
    /// The guest read what it had written last.
    UNHARMED("right value read"),
    /// The processor did not let the attacker write.
    REFUSED("write refused"),
    /// The processor stopped the access that would have met what was tampered with.
    STOPPED("access stopped");

    private final String label;

    Verdict(String label) {
        this.label = label;
    }

    /// How often each came of an attack, by what people call it, in the order above.
    static Map<String, Long> labelled(Map<Verdict, Long> counts) {
        Map<String, Long> labelled = new LinkedHashMap<>();
        counts.forEach((verdict, count) -> labelled.put(verdict.label, count));
        return Collections.unmodifiableMap(labelled);
    }

    /// Its name in reports.
    public String label() {
        return label;
    }

    /// Whether the processor noticed the attack.
    public boolean isDetected() {
        return this == REFUSED || this == STOPPED;
    }
}
