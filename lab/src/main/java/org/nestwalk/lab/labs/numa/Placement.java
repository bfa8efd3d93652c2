package org.nestwalk.lab.labs.numa;

/// Where a guest's tables and the second-level tables are, seen from its virtual CPU and its data,
/// which are together: the configurations of Panwar et al., "Fast local page-tables for virtualized
/// NUMA servers with vMitosis", ASPLOS 2021. The first letter is that of the guest's tables.
public enum Placement {
    /// Both local.
    LL("LL", false),
    /// Second-level tables remote.
    LR("LR", false),
    /// Guest tables remote.
    RL("RL", false),
    /// Both remote.
    RR("RR", false),
    /// As [#LR], with the remote node loaded by another tenant.
    LRI("LRI", true),
    /// As [#RL], likewise.
    RLI("RLI", true),
    /// As [#RR], likewise.
    RRI("RRI", true),
    /// From [#RRI], both tables moved to the CPU's node.
    MIGRATED("RRI + migration", true),
    /// From [#RRI], both tables copied to the CPU's node.
    REPLICATED("RRI + replication", true);

    private final String label;
    private final boolean loaded;

    Placement(String label, boolean loaded) {
        this.label = label;
        this.loaded = loaded;
    }

    /// Its name in reports.
    public String label() {
        return label;
    }

    /// Whether the remote node is loaded.
    public boolean isLoaded() {
        return loaded;
    }
}
