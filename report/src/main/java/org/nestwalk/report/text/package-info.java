/// Documents as plain text that fits a width.
@NullMarked
package org.nestwalk.report.text;

import org.jspecify.annotations.NullMarked;
