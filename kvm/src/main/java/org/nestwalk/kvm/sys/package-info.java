/// Every call to the host's kernel, by the Foreign Function & Memory API: only those that are used,
/// each with its contract and how its errors come back.
///
/// Nothing here knows what a virtual machine is. A failed call throws [SystemCallException], which
/// says which call, on what, and why; callers turn those that users can do something about into one
/// clear sentence.
@NullMarked
package org.nestwalk.kvm.sys;

import org.jspecify.annotations.NullMarked;
