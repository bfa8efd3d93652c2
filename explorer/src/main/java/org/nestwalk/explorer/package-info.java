/// The page in which a walk is looked at step by step, with its engine.
@NullMarked
package org.nestwalk.explorer;

import org.jspecify.annotations.NullMarked;
