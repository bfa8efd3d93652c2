/// The command line.
@NullMarked
package org.nestwalk.cli;

import org.jspecify.annotations.NullMarked;
