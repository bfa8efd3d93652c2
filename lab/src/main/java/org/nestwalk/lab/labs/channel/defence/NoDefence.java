package org.nestwalk.lab.labs.channel.defence;

/// Nothing is done.
public record NoDefence() implements Defence {
    @Override
    public Kind kind() {
        return Kind.NONE;
    }

    @Override
    public String name() {
        return "none";
    }

    @Override
    public double cyclesOf(ProgramCosts costs) {
        return costs.plain().cycles();
    }
}
