package org.nestwalk.guest;

/// A stream of memory accesses in program order, without any system call: what programs do that run
/// without a kernel, too.
@FunctionalInterface
public interface AccessSource extends StepSource {
    /// As [StepSource#next]: at least 1 access while there are any, 0 at the end of the stream and
    /// ever after.
    @Override
    int next(long[] block);
}
