/// What people and programs read of a comparison: a table, sentences, JSON and CSV.
@NullMarked
package org.nestwalk.lab.labs.run;

import org.jspecify.annotations.NullMarked;
