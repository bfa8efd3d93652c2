/// What every machine does with written pages alike: keeps them for everyone who wants to know, and
/// finds them by trapping writes.
@NullMarked
package org.nestwalk.machine.dirty;

import org.jspecify.annotations.NullMarked;
