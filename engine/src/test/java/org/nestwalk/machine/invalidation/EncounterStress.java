package org.nestwalk.machine.invalidation;

import static org.openjdk.jcstress.annotations.Expect.ACCEPTABLE;
import static org.openjdk.jcstress.annotations.Expect.FORBIDDEN;

import java.util.concurrent.ThreadLocalRandom;
import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.Arbiter;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.I_Result;

/// An [Encounter] for jcstress, which has processors make it millions of times, as compilers
/// reorder it. Compiled once more, with jcstress's processor, by [EncounterTest].
@JCStressTest
@Outcome(id = "0", expect = ACCEPTABLE, desc = "nothing stale is used")
@Outcome(id = "1", expect = FORBIDDEN, desc = "something stale is used")
@State
public class EncounterStress {
    /// The system property that says which element is missing.
    static final String MISSING = "nestwalk.missing";

    private static final Element ELEMENT = Element.valueOf(System.getProperty(MISSING, "NONE"));

    private final Encounter encounter =
            new Encounter(
                    ELEMENT,
                    Encounter.ALL.get(ThreadLocalRandom.current().nextInt(Encounter.ALL.size())),
                    EncounterStress::pause);

    private static void pause() {
        for (int i = ThreadLocalRandom.current().nextInt(64); i > 0; i--) {
            Thread.onSpinWait();
        }
    }

    /// The first thread.
    @Actor
    public void cpu() {
        encounter.cpu();
    }

    /// The second.
    @Actor
    public void other() {
        encounter.take();
    }

    /// What came of it.
    @Arbiter
    public void outcome(I_Result result) {
        result.r1 = encounter.outcome() == null ? 0 : 1;
    }
}
