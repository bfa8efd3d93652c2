/// Statistics of designed experiments.
@NullMarked
package org.nestwalk.lab.statistics;

import org.jspecify.annotations.NullMarked;
