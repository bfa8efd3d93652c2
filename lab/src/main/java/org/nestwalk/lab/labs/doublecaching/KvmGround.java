package org.nestwalk.lab.labs.doublecaching;

import org.nestwalk.bits.PageSize;
import org.nestwalk.hypervisor.FirstTouch;
import org.nestwalk.kvm.machine.KvmMachine;
import org.nestwalk.kvm.machine.KvmSettings;
import org.nestwalk.kvm.measure.HostFile;
import org.nestwalk.machine.SoftwareCosts;

/// The host's KVM, with a file of the host's: first touches of the guest's memory are trapped by
/// userfaultfd, and so counted.
final class KvmGround implements Ground {
    private final KvmMachine machine = KvmMachine.open(KvmSettings.LAZY);
    private final HostFile file;

    /// @param file that the guest reads, which is not closed with this
    KvmGround(HostFile file) {
        this.file = file;
    }

    @Override
    public ReadingGuest guest(int frames, int readahead, PageSize backing) {
        return new ReadingGuest(
                machine,
                SoftwareCosts.NONE,
                file,
                new FirstTouch(PageSize.SIZE_4K),
                frames,
                readahead,
                0);
    }

    @Override
    public void setHost(boolean cold, long pages) {
        if (cold) {
            file.makeCold();
        } else {
            file.makeWarm();
        }
    }

    @Override
    public long diskPages() {
        return file.pagesRead();
    }

    @Override
    public long now(ReadingGuest guest) {
        return System.nanoTime();
    }

    @Override
    public void close() {
        machine.close();
    }
}
