package org.nestwalk.lab.labs.channel;

/// Who times whom. A hypervisor that can read its guest's tables needs no timing: the channel
/// matters where it cannot.
public enum ThreatModel {
    /// The hypervisor is the attacker, and its guest's memory, tables included, is encrypted (AMD
    /// SEV, Intel TDX). It empties caches and TLBs, lets the guest make one access, and times it.
    HYPERVISOR(
            "malicious hypervisor",
            "cannot read its encrypted guest's memory; empties caches and TLBs, and times one"
                    + " access"),
    /// A process beside the victim, on the same processor, that can make the victim access memory,
    /// as by a request, and times how long that takes. It empties nothing: TLB misses come of the
    /// victim's own large memory.
    PROCESS(
            "co-resident process",
            "has the victim access memory, and times it; the victim's own accesses evict"
                    + " translations");

    private final String label;
    private final String statement;

    ThreatModel(String label, String statement) {
        this.label = label;
        this.statement = statement;
    }

    /// Its name in reports.
    public String label() {
        return label;
    }

    /// What the attacker can do.
    public String statement() {
        return statement;
    }
}
