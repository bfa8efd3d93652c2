package org.nestwalk.kvm.sys;

import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandle;

/// Machine code of ours, called as a function of one argument by the System V calling convention.
///
/// **Hazard.** What it does wrong ends the process: the code must return, keep the registers that
/// belong to its caller (RBX, RBP, RSP, R12 to R15), and reach only memory that is mapped.
@SuppressWarnings("restricted") // code is called
public final class NativeFunction implements AutoCloseable {
    private final MappedMemory memory;
    private final MethodHandle handle;

    private NativeFunction(MappedMemory memory) {
        this.memory = memory;
        this.handle =
                Linker.nativeLinker()
                        .downcallHandle(
                                MemorySegment.ofAddress(memory.address()),
                                FunctionDescriptor.ofVoid(ValueLayout.JAVA_LONG));
    }

    /// A copy of `code`, in memory of its own.
    ///
    /// @throws SystemCallException if memory cannot be made executable, as where a security policy
    ///   forbids it
    public static NativeFunction of(byte[] code) {
        MappedMemory memory =
                MappedMemory.executable(code.length + MappedMemory.PAGE - 1 & -MappedMemory.PAGE);
        MemorySegment.copy(code, 0, memory.segment(), ValueLayout.JAVA_BYTE, 0, code.length);
        return new NativeFunction(memory);
    }

    /// Calls it. Other threads, and the collector, go on meanwhile.
    ///
    /// @throws IllegalStateException if it is closed
    public void call(long argument) {
        if (!memory.segment().scope().isAlive()) {
            throw new IllegalStateException("the function is closed");
        }
        try {
            handle.invokeExact(argument);
        } catch (Throwable impossible) {
            throw Libc.unexpected(impossible);
        }
    }

    /// Gives the code's memory back. Not while a thread is in it.
    @Override
    public void close() {
        memory.close();
    }
}
