/// What it is worth to back memory before it is touched, and what a wrong hint costs.
@NullMarked
package org.nestwalk.lab.labs.prefetch;

import org.jspecify.annotations.NullMarked;
