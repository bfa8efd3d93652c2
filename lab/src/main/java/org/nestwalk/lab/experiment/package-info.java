/// What all experiments have in common: what is asked, a run without terminal or options, and what
/// is to be said of the result.
@NullMarked
package org.nestwalk.lab.experiment;

import org.jspecify.annotations.NullMarked;
