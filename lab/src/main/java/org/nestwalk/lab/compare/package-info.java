/// The comparison: one pass over a trace or program drives many setups on one machine.
@NullMarked
package org.nestwalk.lab.compare;

import org.jspecify.annotations.NullMarked;
