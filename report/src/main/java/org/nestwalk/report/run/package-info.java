/// What people and programs read of a comparison: a table, sentences, JSON and CSV.
@NullMarked
package org.nestwalk.report.run;

import org.jspecify.annotations.NullMarked;
