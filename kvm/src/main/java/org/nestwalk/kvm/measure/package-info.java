/// Measuring what loads cost on this host, without privileges: from memory with small and with
/// large pages, natively and in a guest of its KVM.
@NullMarked
package org.nestwalk.kvm.measure;

import org.jspecify.annotations.NullMarked;
