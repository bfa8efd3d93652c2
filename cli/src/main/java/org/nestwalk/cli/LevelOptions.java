package org.nestwalk.cli;

import picocli.CommandLine.Option;

/// How many levels tables have.
final class LevelOptions {
    /// The name of the option for guest tables.
    static final String GUEST = "--guest-levels";

    /// The name of the option for second-level tables.
    static final String HOST = "--host-levels";

    private static final int FEWEST = 4;
    private static final int MOST = 5;

    @Option(
            names = GUEST,
            paramLabel = "4|5",
            description = "Levels of guest and native tables (default: ${DEFAULT-VALUE}).")
    private String guest = "4";

    @Option(
            names = HOST,
            paramLabel = "4|5",
            description = "Levels of second-level tables (default: ${DEFAULT-VALUE}).")
    private String host = "4";

    int guest() {
        return (int) WholeNumber.parse(GUEST, guest, FEWEST, MOST);
    }

    int host() {
        return (int) WholeNumber.parse(HOST, host, FEWEST, MOST);
    }
}
