/// Ways of going on from a snapshot, side by side.
@NullMarked
package org.nestwalk.lab.labs.restore;

import org.jspecify.annotations.NullMarked;
