/// Snapshots of virtual machines in files (`docs/snapshot-format.md`): written, read, restored.
@NullMarked
package org.nestwalk.lab.snapshot;

import org.jspecify.annotations.NullMarked;
