/*
 * Nestwalk's recorder inside QEMU's user mode: writes what a program executes and accesses to a
 * pipe, for org.nestwalk.traces.record.PluginStream to read.
 *
 * The stream is a sequence of packets, each at most 32 KiB, written whole:
 *
 *    byte 0       3 4        7 8                     (little-endian, as the host)
 *   +--------------+----------+--------------------
 *   | type, thread | n words  | n 64-bit words ...
 *   +--------------+----------+--------------------
 *    type in bits 31:28, the thread's index in bits 27:0
 *
 *   type 1, a translation block: the block's number, then for each instruction
 *           address << 5 | size << 1 | repeats      (repeats: has a rep prefix)
 *   type 2, what a thread did: one word each for
 *           a block begun   1 << 63 | number
 *           a data access   instruction << 53 | store << 52 | log2(size) << 48 | address
 *           (addresses of user space have at most 47 bits; instruction is its index in the block)
 *   type 3, text: lines of /proc/self/maps, when the program ends; padded with zeros
 *   type 4, the same before the program was loaded: QEMU's own mappings
 *
 * The interface is version 1 of QEMU's plugin interface (QEMU 4.2 and later), declared here by hand
 * because distributions do not ship its header.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

typedef uint64_t plugin_id;
typedef uint32_t mem_info;
struct qemu_plugin_tb;
struct qemu_plugin_insn;
typedef void (*translated_cb)(plugin_id, struct qemu_plugin_tb *);
typedef void (*executed_cb)(unsigned vcpu, void *data);
typedef void (*accessed_cb)(unsigned vcpu, mem_info, uint64_t address, void *data);
typedef void (*ended_cb)(plugin_id, void *data);
typedef void (*vcpu_cb)(plugin_id, unsigned vcpu);

enum { NO_REGISTERS = 0, READS = 1, WRITES = 2, BOTH = 3 };

void qemu_plugin_register_vcpu_tb_trans_cb(plugin_id, translated_cb);
void qemu_plugin_register_vcpu_tb_exec_cb(struct qemu_plugin_tb *, executed_cb, int, void *);
void qemu_plugin_register_vcpu_mem_cb(struct qemu_plugin_insn *, accessed_cb, int, int, void *);
void qemu_plugin_register_vcpu_exit_cb(plugin_id, vcpu_cb);
void qemu_plugin_register_atexit_cb(plugin_id, ended_cb, void *);
size_t qemu_plugin_tb_n_insns(const struct qemu_plugin_tb *);
struct qemu_plugin_insn *qemu_plugin_tb_get_insn(const struct qemu_plugin_tb *, size_t);
uint64_t qemu_plugin_insn_vaddr(const struct qemu_plugin_insn *);
size_t qemu_plugin_insn_size(const struct qemu_plugin_insn *);
const void *qemu_plugin_insn_data(const struct qemu_plugin_insn *);
unsigned qemu_plugin_mem_size_shift(mem_info);
bool qemu_plugin_mem_is_store(mem_info);

__attribute__((visibility("default"))) int qemu_plugin_version = 1;

enum { BLOCK = 1, EVENTS = 2, MAPS_AFTER = 3, MAPS_BEFORE = 4 };
enum { PACKET_WORDS = 4095, MAX_VCPUS = 16384, MAX_INSNS = 512 };

struct vcpu {
    uint64_t n;
    uint64_t words[PACKET_WORDS + 1]; /* words[0] is the packet's head */
};

static int out = -1;
static bool fetches = true;
static uint64_t blocks;
static struct vcpu *vcpus[MAX_VCPUS];
static pthread_mutex_t pipe_lock = PTHREAD_MUTEX_INITIALIZER;

/* Writes a whole packet; when nobody listens any more, the program has been recorded enough. */
static void put(uint64_t *packet, unsigned type, unsigned thread, uint64_t n)
{
    const char *at = (const char *)packet;
    size_t left = 8 * (n + 1);
    if (out < 0) {
        return;
    }
    packet[0] = (uint64_t)type << 28 | thread | n << 32;
    pthread_mutex_lock(&pipe_lock);
    while (left > 0 && out >= 0) {
        ssize_t done = write(out, at, left);
        if (done < 0 && errno != EINTR) {
            out = -1;
        } else if (done > 0) {
            at += done;
            left -= done;
        }
    }
    pthread_mutex_unlock(&pipe_lock);
}

static void flush(unsigned index)
{
    struct vcpu *v = index < MAX_VCPUS ? vcpus[index] : NULL;
    if (v && v->n > 0) {
        put(v->words, EVENTS, index, v->n);
        v->n = 0;
    }
}

static inline void event(unsigned index, uint64_t word)
{
    struct vcpu *v = vcpus[index % MAX_VCPUS];
    if (__builtin_expect(!v, 0)) {
        v = vcpus[index % MAX_VCPUS] = calloc(1, sizeof *v);
        if (!v) {
            return;
        }
    }
    v->words[++v->n] = word;
    if (__builtin_expect(v->n == PACKET_WORDS, 0)) {
        flush(index % MAX_VCPUS);
    }
}

static void executed(unsigned index, void *block)
{
    event(index, 1ULL << 63 | (uintptr_t)block);
}

static void accessed(unsigned index, mem_info info, uint64_t address, void *insn)
{
    event(index, (uint64_t)(uintptr_t)insn << 53
                     | (uint64_t)qemu_plugin_mem_is_store(info) << 52
                     | (uint64_t)(qemu_plugin_mem_size_shift(info) & 15) << 48
                     | (address & 0xFFFFFFFFFFFFULL));
}

/* Whether an instruction is a string instruction with a rep prefix, which QEMU executes one
 * iteration at a time but a processor fetches once. */
static bool repeats(const uint8_t *code, size_t size)
{
    bool rep = false;
    for (size_t i = 0; i < size; i++) {
        uint8_t b = code[i];
        if (b == 0xF2 || b == 0xF3) {
            rep = true;
        } else if (b != 0x66 && b != 0x67 && (b & 0xF0) != 0x40 && (b & 0xE7) != 0x26
                   && b != 0x64 && b != 0x65) {
            return rep && ((b >= 0xA4 && b <= 0xA7) || (b >= 0xAA && b <= 0xAF));
        }
    }
    return false;
}

static void translated(plugin_id id, struct qemu_plugin_tb *tb)
{
    static __thread uint64_t packet[MAX_INSNS + 2];
    size_t n = qemu_plugin_tb_n_insns(tb);
    uint64_t number = __atomic_fetch_add(&blocks, 1, __ATOMIC_RELAXED);
    (void)id;
    if (out < 0) {
        return;
    }
    packet[1] = number;
    for (size_t i = 0; i < n && i < MAX_INSNS; i++) {
        struct qemu_plugin_insn *insn = qemu_plugin_tb_get_insn(tb, i);
        size_t size = qemu_plugin_insn_size(insn);
        packet[i + 2] = qemu_plugin_insn_vaddr(insn) << 5 | (size & 15) << 1
                        | repeats(qemu_plugin_insn_data(insn), size);
        qemu_plugin_register_vcpu_mem_cb(insn, accessed, NO_REGISTERS, BOTH, (void *)(uintptr_t)i);
    }
    if (fetches) {
        put(packet, BLOCK, 0, n < MAX_INSNS ? n + 1 : MAX_INSNS + 1);
        qemu_plugin_register_vcpu_tb_exec_cb(tb, executed, NO_REGISTERS, (void *)(uintptr_t)number);
    }
}

static void send_maps(unsigned type)
{
    uint64_t packet[PACKET_WORDS + 1];
    int maps = open("/proc/self/maps", O_RDONLY | O_CLOEXEC);
    ssize_t n;
    if (maps < 0) {
        return;
    }
    do {
        memset(packet, 0, sizeof packet);
        n = read(maps, packet + 1, 8 * PACKET_WORDS);
        if (n > 0) {
            put(packet, type, 0, (n + 7) / 8);
        }
    } while (n > 0);
    close(maps);
}

static void ended(plugin_id id, void *data)
{
    (void)id;
    (void)data;
    for (unsigned i = 0; i < MAX_VCPUS; i++) {
        flush(i);
    }
    send_maps(MAPS_AFTER);
}

static void vcpu_ended(plugin_id id, unsigned index)
{
    (void)id;
    flush(index);
}

/* A forked child runs on without being recorded. */
static void forked(void)
{
    if (out >= 0) {
        close(out);
        out = -1;
        pthread_mutex_init(&pipe_lock, NULL);
    }
}

/* Arguments: pipe=PATH, and fetch=0 to record data accesses only. */
__attribute__((visibility("default"))) int
qemu_plugin_install(plugin_id id, const void *info, int argc, char **argv)
{
    (void)info;
    for (int i = 0; i < argc; i++) {
        if (strncmp(argv[i], "pipe=", 5) == 0) {
            out = open(argv[i] + 5, O_WRONLY | O_CLOEXEC);
        } else if (strcmp(argv[i], "fetch=0") == 0) {
            fetches = false;
        }
    }
    if (out < 0) {
        perror("nestwalk: the recorder's pipe cannot be opened");
        return -1;
    }
    pthread_atfork(NULL, NULL, forked);
    send_maps(MAPS_BEFORE);
    qemu_plugin_register_vcpu_tb_trans_cb(id, translated);
    qemu_plugin_register_vcpu_exit_cb(id, vcpu_ended);
    qemu_plugin_register_atexit_cb(id, ended, NULL);
    return 0;
}
