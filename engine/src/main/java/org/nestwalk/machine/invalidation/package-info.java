/// How pages are taken away from a guest while its CPUs, and others, map them: what real threads
/// keep to (`designs/040`).
@NullMarked
package org.nestwalk.machine.invalidation;

import org.jspecify.annotations.NullMarked;
