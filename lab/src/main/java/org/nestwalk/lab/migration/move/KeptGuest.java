package org.nestwalk.lab.migration.move;

import java.nio.file.Files;
import java.nio.file.Path;
import org.nestwalk.guest.kernel.GuestKernel;
import org.nestwalk.lab.snapshot.FrozenGuest;
import org.nestwalk.machine.Machine;
import org.nestwalk.machine.VirtualMachine;

/// A guest of which it is not known whose it is, in a file.
final class KeptGuest {
    private KeptGuest() {}

    /// Writes a snapshot of the guest, which stands still, to `asked`, or to a file of a similar
    /// name if that is there already.
    ///
    /// @return the name of the file
    /// @throws org.nestwalk.InputException if it cannot be written
    static String write(Machine machine, VirtualMachine vm, GuestKernel kernel, Path asked) {
        Path file = asked;
        for (int i = 2; Files.exists(file); i++) {
            String name = String.valueOf(asked.getFileName());
            int dot = name.lastIndexOf('.');
            int end = dot <= 0 ? name.length() : dot;
            file =
                    asked.resolveSibling(
                            "%s-%d%s".formatted(name.substring(0, end), i, name.substring(end)));
        }
        try (FrozenGuest frozen = FrozenGuest.of(machine, vm, kernel)) {
            String _ = frozen.write(file, null);
        }
        return file.toString();
    }
}
