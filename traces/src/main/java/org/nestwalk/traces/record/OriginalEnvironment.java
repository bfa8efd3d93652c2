package org.nestwalk.traces.record;

import java.util.Map;

/// The environment that a recorded program is to get: the user's.
///
/// In the POSIX locale our launcher gives Java a locale of its own, `LC_ALL=C.UTF-8`, and keeps in
/// `NESTWALK_LC_ALL` what there was: `=` and the value, or nothing if it was not set.
final class OriginalEnvironment {
    private static final String KEPT = "NESTWALK_LC_ALL";
    private static final String LOCALE = "LC_ALL";

    private OriginalEnvironment() {}

    /// Undoes in `environment` what our launcher did.
    static void restore(Map<String, String> environment) {
        String kept = environment.remove(KEPT);
        if (kept == null) {
            return;
        }
        if (kept.startsWith("=")) {
            environment.put(LOCALE, kept.substring(1));
        } else {
            environment.remove(LOCALE);
        }
    }
}
