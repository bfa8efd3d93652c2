/// Sampling: a comparison that simulates parts of a workload in detail, and says how far from the
/// whole that may be.
@NullMarked
package org.nestwalk.lab.compare.sample;

import org.jspecify.annotations.NullMarked;
