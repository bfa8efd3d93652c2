/// Finding the parameters of a machine from how long loads take on this host, and holding the
/// machine's simulated times against the measured ones.
@NullMarked
package org.nestwalk.lab.calibrate;

import org.jspecify.annotations.NullMarked;
