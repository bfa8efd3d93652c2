/// The image that needs no JDK.
@NullMarked
package org.nestwalk.dist;

import org.jspecify.annotations.NullMarked;
