/// Tables, sentences and explanations that people read.
@NullMarked
package org.nestwalk.report;

import org.jspecify.annotations.NullMarked;
