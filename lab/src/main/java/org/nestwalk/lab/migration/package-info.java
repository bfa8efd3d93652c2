/// Guests whose writes are known, and the policies by which they migrate.
@NullMarked
package org.nestwalk.lab.migration;

import org.jspecify.annotations.NullMarked;
