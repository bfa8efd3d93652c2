/// Experiments with whole virtual machines: programs in guests, policies of hypervisors, and what
/// came of them.
@NullMarked
package org.nestwalk.lab.vm;

import org.jspecify.annotations.NullMarked;
