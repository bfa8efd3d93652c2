/// The experiment with guest memory that is scattered over the host's.
@NullMarked
package org.nestwalk.lab.labs.layout;

import org.jspecify.annotations.NullMarked;
