/// What a study says: its figures as a table for programs, and as a pivot that people read.
@NullMarked
package org.nestwalk.report.sweep;

import org.jspecify.annotations.NullMarked;
