package org.nestwalk.cli;

import org.nestwalk.Release;

/// Nestwalk's version, part of every manifest.
final class Version {
    /// As users read it.
    static final String NUMBER = Release.VERSION;

    private Version() {}
}
