package org.nestwalk.report.vm;

import static org.nestwalk.document.Figures.format;
import static org.nestwalk.document.Figures.share;
import static org.nestwalk.document.Figures.time;

/// What to conclude from a run in a virtual machine on KVM, in sentences.
final class KvmConclusion {
    private static final double LONG_ENOUGH = 1e9;

    private KvmConclusion() {}

    static String of(KvmReport report) {
        long ran = report.nanoseconds() - report.warmupNanoseconds();
        long busy = ran * report.manifest().options().vcpus();
        StringBuilder text = new StringBuilder();
        text.append(
                format(
                        "An access takes %.1f ns on average; of the time, %s is the guest's kernel"
                                + " in %,d page faults.",
                        (double) busy / Math.max(1, report.accesses()),
                        share(report.guestFaultNanoseconds(), busy),
                        report.guest().pageFaults()));
        if (report.guest().pageFaults() > 0 && report.manifest().options().warmup() == 0) {
            text.append(" --warmup leaves out those of the first touches.");
        }
        if (ran < LONG_ENOUGH) {
            text.append(
                    format(
                            " %s is short for a measurement: compare several runs, or longer ones.",
                            time(ran)));
        }
        return text.toString();
    }
}
