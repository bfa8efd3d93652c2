@NullMarked
package org.nestwalk.spark;

import org.jspecify.annotations.NullMarked;
