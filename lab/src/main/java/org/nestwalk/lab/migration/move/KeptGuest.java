package org.nestwalk.lab.migration.move;

import java.nio.file.Files;
import java.nio.file.Path;
import org.nestwalk.InputException;
import org.nestwalk.guest.kernel.GuestKernel;
import org.nestwalk.lab.snapshot.FrozenGuest;
import org.nestwalk.machine.Machine;
import org.nestwalk.machine.VirtualMachine;

/// A guest of which it is not known whose it is, in a file.
final class KeptGuest {
    private KeptGuest() {}

    /// Writes a snapshot of the guest, which stands still, to `asked`, or to a file of a similar
    /// name if that is there already; to the folder for temporary files if it cannot be there.
    ///
    /// @return the name of the file
    /// @throws InputException if it can be written nowhere
    static String write(Machine machine, VirtualMachine vm, GuestKernel kernel, Path asked) {
        try (FrozenGuest frozen = FrozenGuest.of(machine, vm, kernel)) {
            try {
                return write(frozen, asked);
            } catch (InputException e) {
                // Nobody else may have it any more: anywhere is better than nowhere.
                Path elsewhere = Path.of(System.getProperty("java.io.tmpdir"));
                return write(frozen, elsewhere.resolve(name(asked)));
            }
        }
    }

    private static String write(FrozenGuest guest, Path asked) {
        Path file = asked;
        for (int i = 2; Files.exists(file); i++) {
            String name = name(asked);
            int dot = name.lastIndexOf('.');
            int end = dot <= 0 ? name.length() : dot;
            file =
                    asked.resolveSibling(
                            "%s-%d%s".formatted(name.substring(0, end), i, name.substring(end)));
        }
        String _ = guest.write(file, null);
        return file.toString();
    }

    private static String name(Path file) {
        return String.valueOf(file.getFileName());
    }

    /// Checks that a file can be made at `asked`, as far as that can be told.
    ///
    /// @throws InputException of `keep` if not
    static void check(Path asked) {
        Path folder = asked.toAbsolutePath().getParent();
        if (folder == null || Files.isDirectory(asked) || !Files.isWritable(folder)) {
            throw InputException.of(
                    MoveParameters.KEEP,
                    "no file can be made at %s, where the guest is kept if it is not known whose it is; name another one"
                            .formatted(asked));
        }
    }
}
