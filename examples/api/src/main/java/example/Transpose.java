package example;

import org.nestwalk.guest.program.OperationSource;
import org.nestwalk.guest.program.ProgramArguments;
import org.nestwalk.guest.program.ProgramDefinition;
import org.nestwalk.guest.program.ProgramProvider;
import org.nestwalk.parameter.Parameter;

/// Transposes a square matrix of 8-byte numbers into another one, tile by tile: it reads along the
/// rows of a tile and writes down columns, so that each store is on another page than the last one
/// if rows are longer than pages.
public final class Transpose implements ProgramProvider {
    @Override
    public ProgramDefinition definition() {
        return ProgramDefinition.of(
                "transpose",
                "a matrix, along its rows, into the columns of another",
                "an example of Nestwalk",
                1 << 13,
                Elements::new,
                Parameter.count("tile", "rows and columns of a tile", 1 << 20, 1, 1 << 20));
    }

    private static final class Elements extends OperationSource {
        private final long base;
        private final long size;
        private final long tile;
        private long top;
        private long left;
        private long row;
        private long column;

        Elements(ProgramArguments arguments) {
            super(arguments.accesses(), 2);
            base = arguments.base();
            size = (long) Math.sqrt(arguments.footprint() / (2.0 * Long.BYTES));
            tile = Math.min(size, arguments.count("tile"));
        }

        @Override
        protected int append(long[] out, int at, int lastStart) {
            do {
                out[at++] = load(base + (row * size + column) * Long.BYTES);
                out[at++] = store(base + (size * size + column * size + row) * Long.BYTES);
                step();
            } while (at <= lastStart);
            return at;
        }

        private void step() {
            if (++column < Math.min(left + tile, size)) {
                return;
            }
            if (++row == Math.min(top + tile, size)) {
                left += tile;
                if (left >= size) {
                    left = 0;
                    top = top + tile < size ? top + tile : 0;
                }
                row = top;
            }
            column = left;
        }
    }
}
