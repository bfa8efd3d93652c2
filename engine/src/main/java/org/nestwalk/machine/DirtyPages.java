package org.nestwalk.machine;

import org.nestwalk.memory.PageSet;

/// The pages of a virtual machine that are written, whoever writes them: the guest's programs, its
/// kernel, a processor that sets flags in the guest's tables, and the hypervisor
/// ([GuestMemory#write]). Several may be open on one machine; each reports what was written since
/// it was last asked.
///
/// Writes of devices are found if whoever has assigned them finds them
/// ([VirtualMachine#addDeviceWrites]): what sees a processor's writes does not see them.
///
/// A page that is unmapped counts as written if it held anything. Where a large page maps memory
/// all of it counts as written. With accessed and dirty flags in EPT a processor's reads of guest
/// tables count as writes (Intel SDM volume 3C, section 28.3.3.2), so that tables are found, too.
public interface DirtyPages extends AutoCloseable {
    /// Adds to `into` the pages written since the last call, or since tracking began, and forgets
    /// them: a page that is written again is found again.
    void collect(PageSet into);

    /// Adds to `into` the pages found so far, which are not forgotten.
    void peek(PageSet into);

    /// Ends tracking. May be called twice.
    @Override
    void close();
}
