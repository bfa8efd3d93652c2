package org.nestwalk.cli;

/// Nestwalk's version, part of every manifest.
final class Version {
    /// As users read it.
    static final String NUMBER = "0.1.0";

    private Version() {}
}
