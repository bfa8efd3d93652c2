/// The same guests moved under every policy over every link, side by side.
@NullMarked
package org.nestwalk.lab.labs.migration;

import org.jspecify.annotations.NullMarked;
