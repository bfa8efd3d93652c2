package org.nestwalk.lab.labs.channel.defence;

/// TLBs and walk caches are emptied at every switch between victim and attacker, so that nothing of
/// what the one did shortens the other's walks. That pages differ in size still shows.
public record FlushAtSwitches() implements Defence {
    @Override
    public Kind kind() {
        return Kind.FLUSH;
    }

    @Override
    public String name() {
        return "flush at switches";
    }

    @Override
    public boolean flushes() {
        return true;
    }

    @Override
    public double cyclesOf(ProgramCosts costs) {
        return costs.flushed().cycles();
    }
}
