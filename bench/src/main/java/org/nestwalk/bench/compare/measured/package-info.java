/// The programs that `bench/compare` starts, each in a fresh virtual machine: they measure one
/// thing and print what they found as [org.nestwalk.bench.compare.measured.Values].
@NullMarked
package org.nestwalk.bench.compare.measured;

import org.jspecify.annotations.NullMarked;
