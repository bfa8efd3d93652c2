package org.nestwalk.hypervisor.watchpoints;

import java.util.HashMap;
import java.util.Map;

/// Tells instructions that have a bug from those at which something happened once, by how often
/// each was reported (Bayes).
///
/// Of an instruction without a bug, reports come as chance brings them: a Poisson process of the
/// rate of chance events, spread evenly over all instructions. Of one with a bug, they come at a
/// rate that nobody knows: of it a Gamma distribution is assumed, with shape 1 and as mean the rate
/// of a bug that shows once each period, seen with the probability that its page is armed. The
/// number of reports then has a negative binomial distribution (Gelman et al., "Bayesian Data
/// Analysis", 3rd edition, 2013, section 2.6).
public final class BugFilter {
    private final double prior;
    private final double chanceRate;
    private final double bugRate;
    private final Map<Long, Integer> reports = new HashMap<>();
    private long periods;

    /// No reports yet.
    ///
    /// @param prior probability that an instruction has a bug, between 0 and 1
    /// @param chanceRate reports of chance events that are expected in a period at each
    ///   instruction, above 0
    /// @param bugRate reports that are expected in a period of an instruction with a bug, above 0
    public BugFilter(double prior, double chanceRate, double bugRate) {
        if (!(prior > 0 && prior < 1 && chanceRate > 0 && bugRate > 0)) {
            throw new IllegalArgumentException(
                    "prior %s, rates %s and %s".formatted(prior, chanceRate, bugRate));
        }
        this.prior = prior;
        this.chanceRate = chanceRate;
        this.bugRate = bugRate;
    }

    /// So many periods more have passed.
    public void passed(long more) {
        periods += more;
    }

    /// One more report of the instruction at an address.
    public void reported(long instruction) {
        reports.merge(instruction, 1, Integer::sum);
    }

    /// Reports of an instruction so far.
    public int reports(long instruction) {
        return reports.getOrDefault(instruction, 0);
    }

    /// The probability that an instruction has a bug, by all that was reported so far.
    public double probability(long instruction) {
        int count = reports(instruction);
        // Shape 1: (b / (b + T)) * product of i / (b + T), over (chance rate)^r e^(-chance rate T);
        // T^r / r! is in both.
        double b = 1 / bugRate;
        double log = StrictMath.log(b) - StrictMath.log(b + periods) + chanceRate * periods;
        for (int i = 1; i <= count; i++) {
            log += StrictMath.log(i) - StrictMath.log(b + periods) - StrictMath.log(chanceRate);
        }
        double odds = StrictMath.log(prior) - StrictMath.log1p(-prior) + log;
        return 1 / (1 + StrictMath.exp(-odds));
    }
}
