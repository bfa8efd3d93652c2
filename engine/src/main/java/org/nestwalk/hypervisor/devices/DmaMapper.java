package org.nestwalk.hypervisor.devices;

/// How a driver lets a device reach a buffer, and takes it back: Linux's streaming DMA interface
/// (`dma_map_single`), in one of several ways of protecting memory.
public interface DmaMapper extends AutoCloseable {
    /// Lets the device reach a buffer.
    ///
    /// @param hpa of its first byte
    /// @param bytes of it
    /// @param written whether the device writes to it, and does not only read
    /// @return the address that the device uses
    long map(long hpa, int bytes, boolean written);

    /// Takes the buffer back: the driver uses it from now on.
    ///
    /// @param address that [#map] has returned
    void unmap(long address);

    /// Has become `nanos`, in virtual time.
    default void time(long nanos) {}

    /// What was still exposed, and is, if this is a way that exposes anything.
    default Exposure exposure() {
        return Exposure.NOTHING;
    }

    /// Takes everything back at once.
    @Override
    void close();

    /// What devices could reach of buffers that had been taken back.
    ///
    /// @param pageNanos of each page, how long, summed
    /// @param mostPages at once
    /// @param longestNanos of a page
    record Exposure(long pageNanos, long mostPages, long longestNanos) {
        /// None.
        public static final Exposure NOTHING = new Exposure(0, 0, 0);

        /// This, and `pages` for `nanos` each.
        Exposure plus(long pages, long nanos) {
            return new Exposure(
                    pageNanos + pages * nanos, mostPages, Math.max(longestNanos, nanos));
        }

        /// This, and `pages` at once.
        Exposure atOnce(long pages) {
            return new Exposure(pageNanos, Math.max(mostPages, pages), longestNanos);
        }
    }
}
