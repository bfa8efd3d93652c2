/// What commands about snapshots say.
@NullMarked
package org.nestwalk.report.snapshot;

import org.jspecify.annotations.NullMarked;
