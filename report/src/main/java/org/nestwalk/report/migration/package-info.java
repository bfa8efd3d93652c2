/// What commands say that move guests.
@NullMarked
package org.nestwalk.report.migration;

import org.jspecify.annotations.NullMarked;
