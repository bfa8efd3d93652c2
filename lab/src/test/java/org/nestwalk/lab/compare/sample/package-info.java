/// Tests of sampling.
@NullMarked
package org.nestwalk.lab.compare.sample;

import org.jspecify.annotations.NullMarked;
