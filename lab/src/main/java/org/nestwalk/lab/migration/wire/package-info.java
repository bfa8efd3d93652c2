/// What two sides of a migration say to each other, as bytes (`docs/migration-protocol.md`).
@NullMarked
package org.nestwalk.lab.migration.wire;

import org.jspecify.annotations.NullMarked;
