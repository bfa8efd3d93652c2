/// JMH benchmarks.
@NullMarked
package org.nestwalk.bench;

import org.jspecify.annotations.NullMarked;
