/// When to stop a guest that migrates, and how to slow it down: the policies of those who have
/// built live migration, a class each.
@NullMarked
package org.nestwalk.hypervisor.migration.policy;

import org.jspecify.annotations.NullMarked;
