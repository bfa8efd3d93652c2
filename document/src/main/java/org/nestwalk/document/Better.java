package org.nestwalk.document;

/// Which of two figures is the better one.
public enum Better {
    /// None is.
    NEITHER,
    /// The greater one.
    MORE,
    /// The lesser one.
    LESS
}
