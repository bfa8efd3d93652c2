/// Machines as files: presets of real processors, with the source of every parameter, and files of
/// users in the same form.
@NullMarked
package org.nestwalk.lab.machines;

import org.jspecify.annotations.NullMarked;
