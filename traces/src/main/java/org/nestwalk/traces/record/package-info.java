/// Recording of running programs, through QEMU's user mode or valgrind.
@NullMarked
package org.nestwalk.traces.record;

import org.jspecify.annotations.NullMarked;
