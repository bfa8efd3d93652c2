package org.nestwalk.lab.explain;

import java.util.List;
import org.nestwalk.lab.setup.ProcessorState;
import org.nestwalk.lab.setup.Setup;
import org.nestwalk.lab.setup.SetupContext;
import org.nestwalk.lab.setup.Setups;
import org.nestwalk.mmu.Mmu;
import org.nestwalk.mmu.model.ProcessorModel;
import org.nestwalk.mmu.model.ProcessorModel.SecondLevelFormat;
import org.nestwalk.mmu.walk.WalkObserver;
import org.nestwalk.paging.Outcome;
import org.nestwalk.paging.WalkResult;

/// Explains walks: builds the tables that one address needs and watches the walker use them.
///
/// A cold walk goes without paging-structure caches and nested TLB, which would otherwise help it
/// even within itself, since second-level walks of one guest walk share tables; its references are
/// those of the formula (g + 1)(n + 1) - 1. Data caches are empty before it.
public final class WalkExplainer {
    private WalkExplainer() {}

    /// The walk asked for, step by step.
    public static WalkExplanation explain(WalkQuestion question) {
        ProcessorModel machine = machine(question);
        Setup setup = setup(question, machine, question.state());
        List<ChangedEntry> changed =
                ChangedTables.change(
                        question, setup, () -> setup(question, machine, ProcessorState.USUAL));
        Mmu mmu = setup.mmu();
        if (question.warm()) {
            mmu.walk(question.gva(), question.access(), WalkObserver.NONE);
        }
        boolean twoDimensional = question.mode().hasSecondLevel();
        WalkRecorder recorder = new WalkRecorder(machine, twoDimensional);
        WalkResult result = mmu.walk(question.gva(), question.access(), recorder);
        List<WalkStep> steps = recorder.steps();
        if (question.warm() && result.outcome() == Outcome.OK) {
            FullWalk full = new FullWalk(twoDimensional);
            mmu.walkerBeside(full).find(question.gva(), question.access());
            steps = SkippedSteps.merge(steps, full.entries());
        }
        return new WalkExplanation(question, result, steps, recorder.total(), changed);
    }

    private static Setup setup(
            WalkQuestion question, ProcessorModel machine, ProcessorState state) {
        SetupContext context =
                new SetupContext(
                        machine,
                        question.layout(),
                        question.layout(),
                        question.seed(),
                        question.guestLevels(),
                        question.hostLevels(),
                        null,
                        state);
        String name = question.mode().setup(question.guestSize(), question.hostSize());
        return Setups.parse(name).apply(context);
    }

    private static ProcessorModel machine(WalkQuestion question) {
        ProcessorModel machine = question.machine();
        boolean amd = machine.translation().secondLevel() == SecondLevelFormat.NPT;
        if (question.mode() == WalkMode.NPT && !amd) {
            machine = machine.withSecondLevel(SecondLevelFormat.NPT);
        } else if (question.mode() == WalkMode.EPT && amd) {
            machine = machine.withSecondLevel(SecondLevelFormat.EPT);
        }
        return question.warm() ? machine : machine.withoutWalkCaches();
    }
}
