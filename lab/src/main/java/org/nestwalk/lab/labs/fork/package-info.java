/// What it is worth to share memory until it is written.
@NullMarked
package org.nestwalk.lab.labs.fork;

import org.jspecify.annotations.NullMarked;
