package org.nestwalk.machine;

/// That pages of a virtual machine are kept small ([SecondLevelMap#keepSmall]).
@FunctionalInterface
public interface SmallPages extends AutoCloseable {
    /// Ends that, as far as this goes. To be called from handlers or within
    /// [VirtualMachine#exclusively]; may be called twice.
    @Override
    void close();
}
