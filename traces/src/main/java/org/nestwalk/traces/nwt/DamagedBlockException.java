package org.nestwalk.traces.nwt;

/// A block contradicts itself; turned into an input exception where file and offset are known.
final class DamagedBlockException extends RuntimeException {
    DamagedBlockException(String problem) {
        super(problem);
    }
}
