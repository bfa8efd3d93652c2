/// Documents as plain text that fits a width.
@NullMarked
package org.nestwalk.document.text;

import org.jspecify.annotations.NullMarked;
