/*
 * Nestwalk's recorder inside QEMU's user mode: writes what a program executes and accesses to a
 * pipe, for org.nestwalk.traces.record.PluginStream to read.
 *
 * The stream is a sequence of packets, each at most 32 KiB, written whole.
 *
 *    byte 0       3 4        7 8                     (little-endian, as the host)
 *   +--------------+----------+--------------------
 *   | type, thread | n words  | n 64-bit words ...
 *   +--------------+----------+--------------------
 *    type in bits 31:28, the thread's index in bits 27:0
 *
 *   type 1, a translation block: the block's number, then for each instruction
 *           address << 5 | size << 1 | repeats      (repeats: has a rep prefix)
 *   type 2, what a thread did: a slot of the file of events, and how many there are in it
 *   type 3, text: lines of /proc/self/maps once the program is loaded; padded with zeros
 *   type 4, the same before: QEMU's own mappings
 *   type 5, a program begins: the length of the text in bytes, then its path and arguments, with a
 *           zero byte after each; what came before belongs to another one, which executed this one
 *   type 6, a mapping is made: start, end, whether it can be accessed, its name padded with zeros
 *   type 7, a range is unmapped: start, end
 *   type 8, of a translation block: its number, then four words for each instruction, which flow.h
 *           describes; sent before the block, if this was compiled with Capstone (NESTWALK_FLOW)
 *
 * What a thread did is not copied, but collected where the reader finds it: slots.h describes it.
 *
 * An execve is made into one of QEMU with this plugin, so that recording goes on in the program
 * executed. Forked children run on unrecorded; a second file notes them, a line each:
 *
 *   fork PID            a child was forked
 *   exec PID PATH       it executes a program
 *   left PID PATH       the recorded process itself executes a program that QEMU cannot run
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
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

typedef uint64_t plugin_id;
typedef uint32_t mem_info;
struct qemu_plugin_tb;
struct qemu_plugin_insn;
typedef void (*translated_cb)(plugin_id, struct qemu_plugin_tb *);
typedef void (*executed_cb)(unsigned vcpu, void *data);
typedef void (*accessed_cb)(unsigned vcpu, mem_info, uint64_t address, void *data);
typedef void (*vcpu_cb)(plugin_id, unsigned vcpu);
typedef void (*syscall_cb)(plugin_id, unsigned vcpu, int64_t number, uint64_t, uint64_t, uint64_t,
                           uint64_t, uint64_t, uint64_t, uint64_t, uint64_t);
typedef void (*returned_cb)(plugin_id, unsigned vcpu, int64_t number, int64_t result);

enum { NO_REGISTERS = 0, READS = 1, WRITES = 2, BOTH = 3 };

void qemu_plugin_register_vcpu_tb_trans_cb(plugin_id, translated_cb);
void qemu_plugin_register_vcpu_tb_exec_cb(struct qemu_plugin_tb *, executed_cb, int, void *);
void qemu_plugin_register_vcpu_mem_cb(struct qemu_plugin_insn *, accessed_cb, int, int, void *);
void qemu_plugin_register_vcpu_exit_cb(plugin_id, vcpu_cb);
void qemu_plugin_register_vcpu_syscall_cb(plugin_id, syscall_cb);
void qemu_plugin_register_vcpu_syscall_ret_cb(plugin_id, returned_cb);
size_t qemu_plugin_tb_n_insns(const struct qemu_plugin_tb *);
struct qemu_plugin_insn *qemu_plugin_tb_get_insn(const struct qemu_plugin_tb *, size_t);
uint64_t qemu_plugin_insn_vaddr(const struct qemu_plugin_insn *);
size_t qemu_plugin_insn_size(const struct qemu_plugin_insn *);
const void *qemu_plugin_insn_data(const struct qemu_plugin_insn *);
unsigned qemu_plugin_mem_size_shift(mem_info);
bool qemu_plugin_mem_is_store(mem_info);

__attribute__((visibility("default"))) int qemu_plugin_version = 1;

enum { BLOCK = 1, EVENTS, MAPS_LOADED, MAPS_BEFORE, PROGRAM, MAPPED, UNMAPPED, FLOW };
enum { PACKET_WORDS = 4094, MAX_VCPUS = 16384, MAX_INSNS = 512 };
enum { MMAP = 9, MUNMAP = 11, BRK = 12, MREMAP = 25, EXECVE = 59, EXECVEAT = 322 }; /* of x86-64 */

#include "follow.h"
#ifdef NESTWALK_FLOW
#include "flow.h"
#endif

static int out = -1;
static bool fetches = true;
static bool child;
static bool loaded;
static uint64_t blocks;
static uint64_t heap_end;
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

#include "slots.h"

static void executed(unsigned index, void *block)
{
    event(index, (uintptr_t)block);
}

/* What QEMU says of an access, as an event has it in bits 52:48: it is asked once for each value. */
static uint64_t memory[256]; /* value << 32 | what is known of it */

static __attribute__((noinline)) uint64_t learn(mem_info info, uint64_t *known)
{
    return *known = (uint64_t)info << 32 | (uint64_t)qemu_plugin_mem_is_store(info) << 4 | 8
                    | (qemu_plugin_mem_size_shift(info) & 7);
}

static void accessed(unsigned index, mem_info info, uint64_t address, void *insn)
{
    uint64_t *place = &memory[(info * 0x9E3779B1u) >> 24];
    uint64_t known = __atomic_load_n(place, __ATOMIC_RELAXED);
    if (__builtin_expect(known >> 32 != info || known == 0, 0)) {
        known = learn(info, place);
    }
    event(index, (uintptr_t)insn | known << 48 | (address & 0xFFFFFFFFFFFFULL));
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

#ifdef NESTWALK_FLOW
static void send_flow(uint64_t number, struct qemu_plugin_tb *tb, size_t n)
{
    uint64_t packet[FLOW_WORDS * MAX_INSNS + 2];
    packet[1] = number;
    pthread_mutex_lock(&disassembler_lock);
    for (size_t i = 0; i < n; i++) {
        struct qemu_plugin_insn *insn = qemu_plugin_tb_get_insn(tb, i);
        flow_of(qemu_plugin_insn_data(insn), qemu_plugin_insn_size(insn),
                packet + 2 + FLOW_WORDS * i);
    }
    pthread_mutex_unlock(&disassembler_lock);
    put(packet, FLOW, 0, 1 + FLOW_WORDS * n);
}
#endif

static void translated(plugin_id id, struct qemu_plugin_tb *tb)
{
    uint64_t packet[MAX_INSNS + 2];
    size_t n = qemu_plugin_tb_n_insns(tb);
    uint64_t number = __atomic_fetch_add(&blocks, 1, __ATOMIC_RELAXED);
    (void)id;
    if (out < 0) {
        return;
    }
    if (!__atomic_exchange_n(&loaded, true, __ATOMIC_RELAXED)) {
        send_maps(MAPS_LOADED);
    }
    packet[1] = number;
    for (size_t i = 0; i < n && i < MAX_INSNS; i++) {
        struct qemu_plugin_insn *insn = qemu_plugin_tb_get_insn(tb, i);
        size_t size = qemu_plugin_insn_size(insn);
        packet[i + 2] = qemu_plugin_insn_vaddr(insn) << 5 | (size & 15) << 1
                        | repeats(qemu_plugin_insn_data(insn), size);
        qemu_plugin_register_vcpu_mem_cb(insn, accessed, NO_REGISTERS, BOTH, (void *)((uintptr_t)i << 53));
    }
    if (fetches) {
        n = n < MAX_INSNS ? n : MAX_INSNS;
#ifdef NESTWALK_FLOW
        send_flow(number, tb, n);
#endif
        put(packet, BLOCK, 0, n + 1);
        qemu_plugin_register_vcpu_tb_exec_cb(tb, executed, NO_REGISTERS,
                                             (void *)(1ULL << 63 | number));
    }
}

static void send_mapped(uint64_t start, uint64_t end, bool accessible, const char *name)
{
    uint64_t packet[4 + 512] = {0, start, end, accessible};
    size_t length = strnlen(name, 8 * 512 - 1);
    memcpy(packet + 4, name, length);
    put(packet, MAPPED, 0, 3 + (length + 7) / 8);
}

static void send_unmapped(uint64_t start, uint64_t end)
{
    uint64_t packet[] = {0, start, end};
    put(packet, UNMAPPED, 0, 2);
}

/* A mapping made by mmap of one of the program's files, or of none. */
static void mapped(uint64_t start, uint64_t length, uint64_t protection, uint64_t flags, int file)
{
    char link[64], name[4096] = "";
    if (!(flags & MAP_ANONYMOUS)) {
        snprintf(link, sizeof link, "/proc/self/fd/%d", file);
        ssize_t n = readlink(link, name, sizeof name - 1);
        name[n > 0 ? n : 0] = 0;
    }
    send_mapped(start, start + length, protection != PROT_NONE, name);
}

static __thread uint64_t call[5]; /* the arguments of the thread's system call */

static void called(plugin_id id, unsigned vcpu, int64_t number, uint64_t a1, uint64_t a2, uint64_t a3,
                   uint64_t a4, uint64_t a5, uint64_t a6, uint64_t a7, uint64_t a8)
{
    (void)id, (void)vcpu, (void)a6, (void)a7, (void)a8;
    uint64_t arguments[5] = {a1, a2, a3, a4, a5};
    memcpy(call, arguments, sizeof call);
    /* QEMU gives an x86-64 program on x86-64 its own addresses: pointers are what they say. */
    if (number == EXECVEAT && *(const char *)a2 == '/') {
        number = EXECVE, a1 = a2, a2 = a3, a3 = a4;
    }
    if (number == EXECVE && child) {
        if (access((const char *)a1, X_OK) == 0) {
            dprintf(notes, "exec %d %s\n", getpid(), (const char *)a1);
        }
    } else if (number == EXECVE && out >= 0) {
        follow((const char *)a1, (char *const *)a2, (char *const *)a3);
    }
}

static void returned(plugin_id id, unsigned vcpu, int64_t number, int64_t result)
{
    (void)id, (void)vcpu;
    if (out < 0 || (result < 0 && result > -4096)) {
        return;
    }
    uint64_t at = (uint64_t)result;
    if (number == MMAP) {
        mapped(at, call[1], call[2], call[3], (int)call[4]);
    } else if (number == MUNMAP) {
        send_unmapped(call[0], call[0] + call[1]);
    } else if (number == MREMAP) {
        send_unmapped(call[0], call[0] + call[1]);
        send_mapped(at, at + call[2], true, "");
    } else if (number == BRK) {
        if (heap_end && at > heap_end) {
            send_mapped(heap_end, at, true, "[heap]");
        }
        heap_end = at;
    }
}

/* A forked child runs on without being recorded, and keeps to itself what it does. */
static void forked(void)
{
    if (out >= 0) {
        close(out);
        out = -1;
        pthread_mutex_init(&pipe_lock, NULL);
        leave_slots();
    }
    child = true;
    dprintf(notes, "fork %d\n", getpid());
}

/* Learns from the command line how QEMU was started, and tells which program it runs. */
static void send_program(void)
{
    static uint64_t packet[PACKET_WORDS + 1];
    char *text = (char *)(packet + 2), *end, *word;
    int file = open("/proc/self/cmdline", O_RDONLY | O_CLOEXEC);
    ssize_t n = file < 0 ? 0 : read(file, text, 8 * (PACKET_WORDS - 1) - 1);
    if (file >= 0) {
        close(file);
    }
    end = text + (n > 0 ? n : 0);
    *end = 0;
    qemu = strdup(text);
    for (word = text; word < end && strcmp(word, "-plugin") != 0;) {
        word += strlen(word) + 1;
    }
    if (word < end) {
        word += strlen(word) + 1;
        options = strdup(word);
        word += strlen(word) + 1;
    }
    packet[1] = word < end ? (uint64_t)(end - word) : 0;
    memmove(text, word < end ? word : end, packet[1]);
    put(packet, PROGRAM, 0, 1 + (packet[1] + 7) / 8);
}

/* Arguments: pipe=PATH, events=PATH, done=PATH, notes=PATH, and fetch=0 to record data accesses only. */
__attribute__((visibility("default"))) int
qemu_plugin_install(plugin_id id, const void *info, int argc, char **argv)
{
    const char *file = NULL, *back = NULL;
    (void)info;
    for (int i = 0; i < argc; i++) {
        if (strncmp(argv[i], "pipe=", 5) == 0) {
            out = open(argv[i] + 5, O_WRONLY | O_CLOEXEC);
        } else if (strncmp(argv[i], "events=", 7) == 0) {
            file = argv[i] + 7;
        } else if (strncmp(argv[i], "done=", 5) == 0) {
            back = argv[i] + 5;
            done = open(back, O_RDONLY | O_CLOEXEC);
        } else if (strncmp(argv[i], "notes=", 6) == 0) {
            notes = open(argv[i] + 6, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0600);
        } else if (strcmp(argv[i], "fetch=0") == 0) {
            fetches = false;
        }
    }
    if (out < 0 || done < 0 || !file || !map_slots(file)) {
        perror("nestwalk: the recorder's pipes and buffers cannot be opened");
        return -1;
    }
    free_slots(back);
#ifdef NESTWALK_FLOW
    if (!open_disassembler()) {
        fputs("nestwalk: Capstone does not decode x86 here\n", stderr);
        return -1;
    }
#endif
    pthread_atfork(NULL, NULL, forked);
    send_program();
    send_maps(MAPS_BEFORE);
    qemu_plugin_register_vcpu_tb_trans_cb(id, translated);
    qemu_plugin_register_vcpu_syscall_cb(id, called);
    qemu_plugin_register_vcpu_syscall_ret_cb(id, returned);
    qemu_plugin_register_vcpu_exit_cb(id, vcpu_ended);
    return 0;
}
