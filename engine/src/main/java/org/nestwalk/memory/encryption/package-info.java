/// Memory encryption: the cipher, a virtual machine's view of physical memory through its key, and
/// who owns which frame of encrypted memory.
@org.jspecify.annotations.NullMarked
package org.nestwalk.memory.encryption;
