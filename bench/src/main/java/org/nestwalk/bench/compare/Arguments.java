package org.nestwalk.bench.compare;

import java.util.ArrayList;
import java.util.List;
import org.nestwalk.InputException;

/// The command line.
///
/// @param help whether only to explain the options
/// @param check whether to end with status 1 if a ratio is below its target
/// @param rounds how often each pair is measured, at least 1
/// @param only names of rows and groups; empty for all rows
record Arguments(boolean help, boolean check, int rounds, List<String> only) {
    private static final int MOST_ROUNDS = 1000;

    /// What the options are.
    static final String USAGE =
            """
            usage: bench/compare [--check] [--rounds N] [--only ROW[,ROW...]]
              --check        end with status 1 if a ratio or a size misses its target
              --rounds N     measure every pair N times (default: 3)
              --only ROWS    only these rows or groups of rows:
                             %s
            """;

    /// Reads the command line.
    ///
    /// @throws InputException saying in a sentence what is wrong with it
    static Arguments parse(String... args) {
        boolean help = false;
        boolean check = false;
        int rounds = 3;
        List<String> only = new ArrayList<>();
        for (int i = 0; i < args.length; i++) {
            String option = args[i];
            switch (option) {
                case "-h", "--help" -> help = true;
                case "--check" -> check = true;
                case "--rounds" -> rounds = rounds(value(args, ++i, option));
                case "--only" -> only.addAll(List.of(value(args, ++i, option).split(",", -1)));
                default ->
                        throw new InputException(
                                "there is no option '"
                                        + option
                                        + "'; options are --check, --rounds N, --only ROWS and"
                                        + " --help");
            }
        }
        return new Arguments(help, check, rounds, List.copyOf(only));
    }

    private static String value(String[] args, int index, String option) {
        if (index >= args.length) {
            throw new InputException(option + " needs a value");
        }
        return args[index];
    }

    private static int rounds(String text) {
        if (!text.matches("[1-9]\\d{0,3}") || Integer.parseInt(text) > MOST_ROUNDS) {
            throw new InputException(
                    "--rounds is from 1 to %d, not '%s'".formatted(MOST_ROUNDS, text));
        }
        return Integer.parseInt(text);
    }
}
