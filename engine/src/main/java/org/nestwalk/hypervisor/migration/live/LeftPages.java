package org.nestwalk.hypervisor.migration.live;

import java.util.stream.LongStream;
import org.nestwalk.bits.PageSize;
import org.nestwalk.machine.VirtualMachine;
import org.nestwalk.memory.PageSet;

/// The pages that a guest has left at its source, for as long as its target may ask for them. Asked
/// by several threads.
final class LeftPages {
    private static final long PAGE = PageSize.SIZE_4K.bytes();

    private final VirtualMachine vm;
    private final PageSet pages = new PageSet();

    /// None yet.
    LeftPages(VirtualMachine vm) {
        this.vm = vm;
    }

    /// These are left, too.
    synchronized void add(PageSet more) {
        pages.addAll(more);
    }

    /// The target has all of them.
    synchronized void clear() {
        pages.clear();
    }

    synchronized boolean isEmpty() {
        return pages.isEmpty();
    }

    /// Address, bytes, address, bytes, ascending.
    synchronized long[] runs() {
        LongStream.Builder runs = LongStream.builder();
        pages.forEachRange((gpa, bytes) -> runs.add(gpa).add(bytes));
        return runs.build().toArray();
    }

    /// Makes `batch` hold those pages of a run that are left here, with their contents; which of
    /// them have arrived since, the target knows.
    void read(Message.Want want, PageBatch batch) {
        batch.clear();
        long end = vm.settings().memoryBytes();
        synchronized (this) {
            for (int i = 0; i < Math.min(want.pages(), PageBatch.PAGES); i++) {
                long page = want.gpa() + i * PAGE;
                if (page >= 0 && page < end && page % PAGE == 0 && pages.contains(page)) {
                    batch.add(page, 0);
                }
            }
        }
        if (batch.size() > 0) {
            vm.beside(() -> batch.read(vm.memory()));
        }
    }
}
