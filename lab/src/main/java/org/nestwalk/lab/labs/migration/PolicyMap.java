package org.nestwalk.lab.labs.migration;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import org.nestwalk.hypervisor.migration.ConstantWriter;
import org.nestwalk.hypervisor.migration.MigrationLink;
import org.nestwalk.hypervisor.migration.PageActivity;
import org.nestwalk.lab.experiment.EndedEarly;
import org.nestwalk.lab.experiment.Laboratory;
import org.nestwalk.lab.labs.migration.MigrationResult.Move;
import org.nestwalk.lab.labs.migration.MigrationResult.Spot;
import org.nestwalk.lab.migration.PolicyDefinition.Policy;
import org.nestwalk.lab.progress.Meter;

/// Which policy is best for guests that write at constant rates to working sets of several sizes.
final class PolicyMap {
    private static final List<Double> RATES = List.of(0.03, 0.1, 0.3, 0.6, 0.9, 1.5, 4.0);
    private static final List<Double> SETS = List.of(0.01, 0.03, 0.1, 0.3, 1.0);
    private static final long PAGE = 4096;

    private final long memory;
    private final MigrationLink link;
    private final List<Policy> policies;
    private final List<Wish> wishes;
    private final long giveUp;

    /// @param memory bytes of each guest
    PolicyMap(
            long memory,
            MigrationLink link,
            List<Policy> policies,
            List<Wish> wishes,
            long giveUp) {
        this.memory = memory;
        this.link = link;
        this.policies = policies;
        this.wishes = wishes;
        this.giveUp = giveUp;
    }

    /// All spots that were finished, by rate and then by working set.
    List<Spot> spots(Laboratory laboratory) {
        List<Function<Meter, Spot>> parts = new ArrayList<>();
        for (double rate : RATES) {
            for (double set : SETS) {
                long workingSet = Math.max(PAGE, (long) (set * memory) & -PAGE);
                parts.add(meter ->
                        spot(
                                workingSet,
                                rate * link.bandwidth(),
                                new MigrationExperiment.Telling(meter, policies.size())));
            }
        }
        try {
            return laboratory.inOrder(parts);
        } catch (EndedEarly e) {
            // What was moved before is not lost with the map.
            return List.of();
        }
    }

    private Spot spot(long workingSet, double dirtyRate, MigrationExperiment.Telling telling) {
        PageActivity guest = ConstantWriter.of(memory, workingSet, dirtyRate / PAGE);
        List<Move> moves = new ArrayList<>();
        for (Policy policy : policies) {
            moves.add(
                    Move.of(
                            "",
                            link.bandwidth(),
                            policy.text(),
                            MigrationExperiment.migrate(guest, link, policy, giveUp, telling)));
        }
        Optional<Move> best = Advice.best(moves, wishes);
        return new Spot(workingSet, dirtyRate, best.map(Move::policy).orElse(null));
    }
}
