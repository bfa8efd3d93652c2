package org.nestwalk.serve;

import java.lang.System.Logger.Level;

/// Errors of Nestwalk's own that end a run or a request, and not the server: they are told where it
/// was started.
final class Defects {
    private static final System.Logger LOGGER = System.getLogger("nestwalk.serve");

    private Defects() {}

    static void tell(Throwable defect) {
        LOGGER.log(Level.ERROR, "a defect of Nestwalk", defect);
    }
}
