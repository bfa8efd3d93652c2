package org.nestwalk.bench.compare.measured;

/// What a second thread brings: the same comparison of seven setups with one thread and with two,
/// in turns; in seconds on the clock on the wall, and how many processors others used meanwhile.
public final class ThreadsMeasurement {
    private static final int PAIRS = 4;

    private ThreadsMeasurement() {}

    /// Measures with the trace `args[0]`.
    public static void main(String[] args) {
        SevenSetups setups = new SevenSetups(args[0]);
        setups.compare(1);
        setups.compare(2);
        Values values = new Values();
        double others =
                BusyProcessors.during(() -> {
                    for (int pair = 0; pair < PAIRS; pair++) {
                        values.add("one", Clock.onWall(() -> setups.compare(1)));
                        values.add("two", Clock.onWall(() -> setups.compare(2)));
                    }
                });
        values.add("others", others);
        System.out.print(values.text());
    }
}
