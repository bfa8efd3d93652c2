/// Studies on Spark: what `nestwalk sweep` runs a study on when spark-submit has started it.
@NullMarked
package org.nestwalk.spark;

import org.jspecify.annotations.NullMarked;
