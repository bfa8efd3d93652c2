/// KVM's three handles, as its API has them (Linux `Documentation/virt/kvm/api.rst`): [Kvm] is the
/// host's offer, [KvmVm] one virtual machine, [KvmVcpu] one of its processors.
///
/// Thin: a method is one request, and nothing is remembered that the kernel remembers. Each must be
/// closed; in any order, for the kernel keeps what is still needed.
@NullMarked
package org.nestwalk.kvm.handle;

import org.jspecify.annotations.NullMarked;
