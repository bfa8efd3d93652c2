/*
 * Included by plugin.c where Capstone (4.0 or later) is installed: what the instructions of a block do to
 * registers, for org.nestwalk.traces.record.RegisterFlow to follow.
 *
 * Four words an instruction, each a set of registers, one bit each:
 *
 *   0  those that the addresses of its loads are computed from
 *   1  the same of its stores
 *   2  those that what it writes, to registers or memory, is computed from
 *   3  those it writes
 *
 *   bits 0-15   general registers, whatever part of them
 *   bits 16-47  vector registers
 *   bits 48-55  MMX registers
 *   bit 56      all of the x87 stack
 *
 * What is computed from flags is not followed, as processors predict it, and neither is what push, pop,
 * call, ret and string instructions add to the registers that they count with.
 */
#include <capstone/capstone.h>

enum { FLOW_WORDS = 4, RAX = 0, RCX, RDX, RBX, RSP, RBP, RSI, RDI, R8, R11 = 11 };
enum { FOR_LOADS, FOR_STORES, SOURCES, WRITTEN };

static csh disassembler;
static cs_insn *decoded;
static int8_t registers[X86_REG_ENDING]; /* their bit, or -1 */
static pthread_mutex_t disassembler_lock = PTHREAD_MUTEX_INITIALIZER;

static void name_registers(void)
{
    static const uint16_t general[16][5] = {
        {X86_REG_RAX, X86_REG_EAX, X86_REG_AX, X86_REG_AL, X86_REG_AH},
        {X86_REG_RCX, X86_REG_ECX, X86_REG_CX, X86_REG_CL, X86_REG_CH},
        {X86_REG_RDX, X86_REG_EDX, X86_REG_DX, X86_REG_DL, X86_REG_DH},
        {X86_REG_RBX, X86_REG_EBX, X86_REG_BX, X86_REG_BL, X86_REG_BH},
        {X86_REG_RSP, X86_REG_ESP, X86_REG_SP, X86_REG_SPL},
        {X86_REG_RBP, X86_REG_EBP, X86_REG_BP, X86_REG_BPL},
        {X86_REG_RSI, X86_REG_ESI, X86_REG_SI, X86_REG_SIL},
        {X86_REG_RDI, X86_REG_EDI, X86_REG_DI, X86_REG_DIL},
    };
    memset(registers, -1, sizeof registers);
    for (int i = 0; i < 8; i++) {
        for (int part = 0; part < 5; part++) {
            registers[general[i][part]] = i;
        }
        registers[X86_REG_R8 + i] = R8 + i;
        registers[X86_REG_R8B + i] = R8 + i;
        registers[X86_REG_R8W + i] = R8 + i;
        registers[X86_REG_R8D + i] = R8 + i;
        registers[X86_REG_MM0 + i] = 48 + i;
        registers[X86_REG_ST0 + i] = 56;
        registers[X86_REG_FP0 + i] = 56;
    }
    for (int i = 0; i < 32; i++) {
        registers[X86_REG_XMM0 + i] = 16 + i;
        registers[X86_REG_YMM0 + i] = 16 + i;
        registers[X86_REG_ZMM0 + i] = 16 + i;
    }
    registers[X86_REG_INVALID] = -1;
}

/* Whether flows can be told. */
static bool open_disassembler(void)
{
    if (cs_open(CS_ARCH_X86, CS_MODE_64, &disassembler) != CS_ERR_OK) {
        return false;
    }
    cs_option(disassembler, CS_OPT_DETAIL, CS_OPT_ON);
    decoded = cs_malloc(disassembler);
    name_registers();
    return decoded != NULL;
}

static uint64_t bit(unsigned reg)
{
    return reg < X86_REG_ENDING && registers[reg] >= 0 ? 1ULL << registers[reg] : 0;
}

static bool same_registers(const cs_x86 *x86, int i, int j)
{
    return x86->operands[i].type == X86_OP_REG && x86->operands[j].type == X86_OP_REG
           && x86->operands[i].reg == x86->operands[j].reg;
}

/* Whether the result is the same whatever the operands hold, as processors know, too (Intel, Optimization
 * Reference Manual, section 3.5.1.7). */
static bool is_constant(const cs_insn *insn, const cs_x86 *x86)
{
    static const char *const idioms[] = {"xor",    "sub",    "sbb",    "pxor",    "xorps",  "xorpd",
                                         "vpxor",  "vxorps", "vxorpd", "psub",    "vpsub",  "pcmpgt",
                                         "vpcmpgt", "pcmpeq", "vpcmpeq"};
    int n = x86->op_count;
    if (n < 2 || n > 3 || !same_registers(x86, n - 2, n - 1) || x86->operands[n - 1].size < 4) {
        return false;
    }
    for (size_t i = 0; i < sizeof idioms / sizeof *idioms; i++) {
        size_t length = strlen(idioms[i]);
        bool family = idioms[i][length - 1] == 'b' && length > 3; /* psub is psubb, psubw, ... */
        family |= strstr(idioms[i], "pcmp") || strstr(idioms[i], "psub");
        if (family ? strncmp(insn->mnemonic, idioms[i], length) == 0
                   : strcmp(insn->mnemonic, idioms[i]) == 0) {
            return true;
        }
    }
    return false;
}

static bool is_string(const cs_x86 *x86)
{
    uint8_t b = x86->opcode[0];
    return (b >= 0xA4 && b <= 0xA7) || (b >= 0xAA && b <= 0xAF);
}

static void flow_of_operands(const cs_insn *insn, const cs_x86 *x86, uint64_t *flow)
{
    bool keeps = strncmp(insn->mnemonic, "cmov", 4) == 0;
    for (int i = 0; i < x86->op_count; i++) {
        const cs_x86_op *op = &x86->operands[i];
        unsigned access = op->access ? op->access : i == 0 ? CS_AC_READ | CS_AC_WRITE : CS_AC_READ;
        if (op->type == X86_OP_MEM) {
            flow[FOR_LOADS] |= bit(op->mem.base) | bit(op->mem.index);
        } else if (op->type == X86_OP_REG) {
            uint64_t reg = bit(op->reg);
            bool part = op->size < 4; /* the rest of the register stays */
            flow[SOURCES] |= access & CS_AC_READ || ((part || keeps) && i == 0) ? reg : 0;
            flow[WRITTEN] |= access & CS_AC_WRITE ? reg : 0;
        }
    }
    flow[FOR_STORES] = flow[FOR_LOADS];
}

static void flow_of_implied(const cs_detail *detail, uint64_t *flow)
{
    uint64_t stack = 1ULL << RSP;
    for (int i = 0; i < detail->regs_read_count; i++) {
        flow[SOURCES] |= bit(detail->regs_read[i]) & ~stack;
    }
    for (int i = 0; i < detail->regs_write_count; i++) {
        flow[WRITTEN] |= bit(detail->regs_write[i]) & ~stack;
    }
}

/* Finds the flow of one instruction; of one that is not known, none. */
static void flow_of(const uint8_t *code, size_t size, uint64_t *flow)
{
    uint64_t address = 0;
    memset(flow, 0, FLOW_WORDS * sizeof *flow);
    if (!cs_disasm_iter(disassembler, &code, &size, &address, decoded)) {
        return;
    }
    const cs_detail *detail = decoded->detail;
    const cs_x86 *x86 = &detail->x86;
    switch (decoded->id) {
    case X86_INS_NOP:
        return;
    case X86_INS_LEA:
        flow[SOURCES] = bit(x86->operands[1].mem.base) | bit(x86->operands[1].mem.index);
        flow[WRITTEN] = bit(x86->operands[0].reg);
        return;
    case X86_INS_LEAVE:
        flow[FOR_LOADS] = flow[WRITTEN] = 1ULL << RBP;
        return;
    case X86_INS_SYSCALL:
        flow[WRITTEN] = 1ULL << RAX | 1ULL << RCX | 1ULL << R11;
        return;
    case X86_INS_CPUID:
        flow[WRITTEN] = 1ULL << RAX | 1ULL << RBX | 1ULL << RCX | 1ULL << RDX;
        return;
    }
    flow_of_operands(decoded, x86, flow);
    if (is_constant(decoded, x86)) {
        flow[SOURCES] = 0;
        return;
    }
    if (is_string(x86)) {
        if (x86->opcode[0] <= 0xA5) { /* movs */
            flow[FOR_LOADS] = 1ULL << RSI;
            flow[FOR_STORES] = 1ULL << RDI;
        }
        flow[WRITTEN] &= ~(1ULL << RSI | 1ULL << RDI | 1ULL << RCX);
        return;
    }
    switch (decoded->id) {
    case X86_INS_PUSH:
    case X86_INS_CALL:
    case X86_INS_PUSHFQ:
        flow[FOR_STORES] = 1ULL << RSP;
        return;
    case X86_INS_POP:
    case X86_INS_RET:
    case X86_INS_POPFQ:
        flow[FOR_LOADS] = 1ULL << RSP;
        return;
    }
    flow_of_implied(detail, flow);
    if (decoded->id == X86_INS_CMPXCHG) {
        flow[WRITTEN] |= 1ULL << RAX;
    }
}
