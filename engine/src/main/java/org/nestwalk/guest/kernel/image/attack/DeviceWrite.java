package org.nestwalk.guest.kernel.image.attack;

/// Text written by a device, whose accesses the second level never sees.
public final class DeviceWrite implements KernelAttack {
    /// The attack.
    public DeviceWrite() {}

    @Override
    public void run(Intruder intruder) {
        long gva = intruder.image().gva(intruder.codeWord());
        long value = intruder.hostile();
        intruder.aim(gva, value);
        intruder.device().store(intruder.gpa(), value);
    }
}
