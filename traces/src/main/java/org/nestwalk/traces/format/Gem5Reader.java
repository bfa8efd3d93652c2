package org.nestwalk.traces.format;

import java.util.ArrayList;
import java.util.List;
import org.nestwalk.InputException;
import org.nestwalk.bits.Access;
import org.nestwalk.traces.AccessInfo;
import org.nestwalk.traces.TraceBlock;

/// gem5's packet traces: the magic number `gem5`, then messages of protocol buffers, each after its
/// length as a varint. The first is the header, every further one a packet.
///
/// ```text
/// message PacketHeader { string obj_id = 1; uint32 ver = 2; uint64 tick_freq = 3; id_strings = 4; }
/// message Packet { uint64 tick = 1; uint32 cmd = 2; uint64 addr = 3; uint32 size = 4;
///                  uint32 flags = 5; uint64 pkt_id = 6; uint64 pc = 7; }
/// ```
///
/// ReadReq (command 1) is a load, or a fetch where the flags say so, and WriteReq (4) a store; the
/// numbers of other commands differ between versions of gem5, so they are left out, and [#details]
/// says how many. Sources: gem5, src/proto/packet.proto, src/proto/protoio.cc, src/mem/packet.hh
/// (`MemCmd::Command`) and src/mem/request.hh (`INST_FETCH`).
public final class Gem5Reader extends DecodedReader {
    private static final int MAGIC = 0x356d6567;
    private static final int MAX_MESSAGE = 1 << 16;
    private static final int MAX_VARINT = 10;
    private static final int READ = 1;
    private static final int WRITE = 4;
    private static final int INST_FETCH = 0x100;

    private static final int VARINT = 0;
    private static final int FIXED_64 = 1;
    private static final int BYTES = 2;
    private static final int FIXED_32 = 5;

    private final ByteInput input;
    private long otherCommands;

    /// Reads the messages in `input`.
    public Gem5Reader(ByteInput input) {
        this.input = input;
        if (!input.has(4) || LittleEndian.i32(input.buffer, input.position) != MAGIC) {
            throw input.bad("this is not a gem5 trace: it does not begin with the letters gem5");
        }
        input.position += 4;
        readHeader();
    }

    /// Whether a trace that begins with these bytes is one of gem5's.
    static boolean plausible(byte[] head, int length) {
        return length >= 4 && LittleEndian.i32(head, 0) == MAGIC;
    }

    /// gem5's traces of instructions and dependencies begin alike; their headers have a number
    /// where packets have names of requestors.
    private void readHeader() {
        int length = messageLength();
        if (length <= 0) {
            throw input.bad("the header is missing");
        }
        int end = input.position + length;
        while (input.position < end) {
            int key = (int) varint(end);
            if (key >>> 3 == 4 && (key & 7) != BYTES) {
                throw new InputException(
                        input.name()
                                + ": this is a gem5 trace of instructions, not of packets; only"
                                + " packet traces, as of CommMonitor's MemTraceProbe, are read");
            }
            skipField(key & 7, end);
        }
    }

    @Override
    public TraceDetails details() {
        List<String> warnings = new ArrayList<>();
        warnings.add(
                "packets hold the addresses of gem5's memory system, which are physical unless the"
                        + " simulated program ran without translation");
        if (otherCommands > 0) {
            warnings.add(
                    otherCommands + " packets are neither ReadReq nor WriteReq and were left out");
        }
        return TraceDetails.of(List.of(), warnings);
    }

    @Override
    void decode(TraceBlock block) {
        while (block.hasRoom()) {
            int length = messageLength();
            if (length < 0) {
                return;
            }
            packet(block, input.position + length);
        }
    }

    private void packet(TraceBlock block, int end) {
        long command = -1;
        long address = 0;
        long size = -1;
        long flags = 0;
        while (input.position < end) {
            int key = (int) varint(end);
            if ((key & 7) != VARINT) {
                skipField(key & 7, end);
                continue;
            }
            long value = varint(end);
            switch (key >>> 3) {
                case 2 -> command = value;
                case 3 -> address = value;
                case 4 -> size = value;
                case 5 -> flags = value;
                default -> {}
            }
        }
        if (command < 0 || size < 0) {
            throw input.bad("a packet without a command or a size");
        }
        if (command != READ && command != WRITE) {
            otherCommands++;
            return;
        }
        if (size > AccessInfo.MAX_SIZE) {
            throw input.bad("a packet of " + size + " bytes; the most is " + AccessInfo.MAX_SIZE);
        }
        int read = (flags & INST_FETCH) != 0 ? Access.FETCH : Access.LOAD;
        int kind = command == WRITE ? Access.STORE : read;
        block.add(address, AccessInfo.pack(kind, (int) size, 0));
    }

    /// Reads the length of the next message, which is in the window as a whole then; -1 at the end.
    private int messageLength() {
        if (!input.has(1)) {
            return -1;
        }
        input.has(MAX_VARINT);
        long length = varint(input.limit);
        if (length < 0 || length > MAX_MESSAGE) {
            throw input.bad("a message of " + Long.toUnsignedString(length) + " bytes");
        }
        if (!input.has((int) length)) {
            throw input.bad("the trace ends inside a message of " + length + " bytes");
        }
        return (int) length;
    }

    private void skipField(int wireType, int end) {
        switch (wireType) {
            case VARINT -> varint(end);
            case FIXED_64 -> input.position += 8;
            case FIXED_32 -> input.position += 4;
            case BYTES -> {
                long length = varint(end);
                input.position += Math.clamp(length, 0, MAX_MESSAGE);
            }
            default -> throw input.bad("protocol buffers have no wire type " + wireType);
        }
        if (input.position > end) {
            throw input.bad("a field reaches beyond its message");
        }
    }

    private long varint(int end) {
        long value = 0;
        for (int shift = 0; shift < 7 * MAX_VARINT; shift += 7) {
            if (input.position >= end) {
                throw input.bad("a number is cut short");
            }
            byte next = input.buffer[input.position++];
            value |= (long) (next & 0x7F) << shift;
            if (next >= 0) {
                return value;
            }
        }
        throw input.bad("a number of more than " + MAX_VARINT + " bytes");
    }

    @Override
    public void close() {
        input.close();
    }
}
