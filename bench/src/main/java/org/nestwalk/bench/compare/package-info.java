/// `bench/compare`: holds Nestwalk against the C++ yardstick and against itself, measurement by
/// measurement in processes of their own, and judges the ratios by their targets.
@NullMarked
package org.nestwalk.bench.compare;

import org.jspecify.annotations.NullMarked;
