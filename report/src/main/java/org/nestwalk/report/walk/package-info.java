/// One walk as people and programs read it.
@NullMarked
package org.nestwalk.report.walk;

import org.jspecify.annotations.NullMarked;
