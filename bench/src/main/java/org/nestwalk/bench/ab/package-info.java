/// Two revisions of this project on the same benchmarks: what `bench/ab` runs, and its statistics.
@NullMarked
package org.nestwalk.bench.ab;

import org.jspecify.annotations.NullMarked;
