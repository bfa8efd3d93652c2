/// The seam of [org.nestwalk.machine] on the host's KVM.
///
/// Programs run in user mode on the real processor, translated by the guest's own page tables and
/// whatever the host's KVM does for the second level. The guest's kernel is the same Java code as
/// on the simulated machine: exceptions leave the guest and reach it, and it writes tables to guest
/// memory.
@NullMarked
package org.nestwalk.kvm.machine;

import org.jspecify.annotations.NullMarked;
