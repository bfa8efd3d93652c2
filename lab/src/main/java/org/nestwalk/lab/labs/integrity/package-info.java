/// Guarding the code of a guest's kernel: what each way prevents, finds and misses, and what it
/// costs.
@NullMarked
package org.nestwalk.lab.labs.integrity;

import org.jspecify.annotations.NullMarked;
