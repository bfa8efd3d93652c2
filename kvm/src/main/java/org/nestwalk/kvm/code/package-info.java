/// Machine code for x86-64, written as instructions with their mnemonics: what runs inside virtual
/// machines, and beside them on the host's own processor.
@NullMarked
package org.nestwalk.kvm.code;

import org.jspecify.annotations.NullMarked;
