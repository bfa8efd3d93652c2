package org.nestwalk.kvm.code;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;

/// A piece of position-independent machine code, written instruction by instruction: the bytes of
/// each with its mnemonic beside them.
///
/// Encodings are those of the Intel SDM, volume 2. Only short branches are known, to labels up to
/// 127 bytes away.
public final class MachineCode {
    private static final HexFormat HEX = HexFormat.ofDelimiter(" ");

    /// An instruction: if it is a branch its last byte is still to be found.
    private record Instruction(int offset, List<Byte> bytes, String mnemonic, String target) {}

    private final List<Instruction> instructions = new ArrayList<>();
    private final Map<String, Integer> labels = new HashMap<>();
    private int size;

    /// No instructions yet.
    public MachineCode() {}

    /// One instruction.
    ///
    /// @param mnemonic for people
    /// @param bytes its encoding
    public MachineCode op(String mnemonic, int... bytes) {
        return add(mnemonic, encoding(bytes), "");
    }

    /// One instruction whose last eight bytes are a number.
    public MachineCode op64(String mnemonic, long immediate, int... bytes) {
        List<Byte> encoding = encoding(bytes);
        for (int i = 0; i < Long.BYTES; i++) {
            encoding.add((byte) (immediate >>> 8 * i));
        }
        return add(mnemonic, encoding, "");
    }

    /// A short branch.
    ///
    /// @param opcode 0xeb, 0xe2, or 0x70 to 0x7f
    /// @param label where to, defined before or after
    public MachineCode branch(String mnemonic, int opcode, String label) {
        return add(mnemonic + " " + label, encoding(opcode, 0), label);
    }

    private static List<Byte> encoding(int... bytes) {
        List<Byte> encoding = new ArrayList<>();
        for (int value : bytes) {
            encoding.add((byte) value);
        }
        return encoding;
    }

    /// What follows is called `name`.
    ///
    /// @throws IllegalArgumentException if something else is already
    public MachineCode label(String name) {
        if (labels.put(name, size) != null) {
            throw new IllegalArgumentException("two labels " + name);
        }
        return this;
    }

    /// Bytes that do nothing, up to the next multiple of `boundary`.
    public MachineCode align(int boundary) {
        while (size % boundary != 0) {
            op("nop", 0x90);
        }
        return this;
    }

    private MachineCode add(String mnemonic, List<Byte> bytes, String target) {
        instructions.add(new Instruction(size, bytes, mnemonic, target));
        size += bytes.size();
        return this;
    }

    /// How many bytes there are.
    public int size() {
        return size;
    }

    /// Where a label is, from the beginning.
    ///
    /// @throws IllegalArgumentException if there is none
    public int offset(String label) {
        Integer offset = labels.get(label);
        if (offset == null) {
            throw new IllegalArgumentException("no label " + label);
        }
        return offset;
    }

    /// The bytes.
    ///
    /// @throws IllegalArgumentException if a branch goes nowhere or too far
    public byte[] bytes() {
        byte[] code = new byte[size];
        for (Instruction instruction : instructions) {
            byte[] bytes = resolved(instruction);
            System.arraycopy(bytes, 0, code, instruction.offset, bytes.length);
        }
        return code;
    }

    private byte[] resolved(Instruction instruction) {
        byte[] bytes = new byte[instruction.bytes.size()];
        for (int i = 0; i < bytes.length; i++) {
            bytes[i] = instruction.bytes.get(i);
        }
        if (!instruction.target.isEmpty()) {
            int distance = offset(instruction.target) - instruction.offset - bytes.length;
            if (distance != (byte) distance) {
                throw new IllegalArgumentException(
                        "%s is %d bytes away".formatted(instruction.target, distance));
            }
            bytes[bytes.length - 1] = (byte) distance;
        }
        return bytes;
    }

    /// Offsets, bytes and mnemonics, a line each, for people.
    public String listing() {
        StringBuilder text = new StringBuilder();
        for (Instruction instruction : instructions) {
            text.append(
                    "%4x  %-30s %s%n"
                            .formatted(
                                    instruction.offset,
                                    HEX.formatHex(resolved(instruction)),
                                    instruction.mnemonic));
        }
        return text.toString();
    }
}
