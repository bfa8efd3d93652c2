package org.nestwalk.bench.compare;

/// What rows measure with.
///
/// @param processes starts what is measured
/// @param yardstick the C++ programs, perhaps missing
/// @param rounds how often each pair is measured
/// @param progress is told what happens
record Laboratory(Processes processes, Yardstick yardstick, int rounds, Progress progress) {}
