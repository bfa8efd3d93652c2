// fork: what a copy of a virtual machine on KVM costs a C program, from nothing to its first exit. The guest's memory is
// 256 MiB in a memfd, all of it written; a child maps it privately, and beside it an area of its own with descriptors, code
// and a window, from which the guest takes the addresses of the two pages that it writes before it leaves by OUT. All that
// KVM meets is as Nestwalk's guests have it: the same slots, tables of the same levels with pages of the same sizes, and a
// parent that stays. Only of CPUID it gets all that KVM supports, as is usual, and Nestwalk's guests, which never ask, the
// four leaves by which KVM checks registers; that is measured as well. Each line of input is a number of children to make,
// one after the other; the answer is the microseconds of each, on one line, behind them the nanoseconds of a write that
// copies a page, and then the microseconds with the four leaves.
#define _GNU_SOURCE
#include <fcntl.h>
#include <linux/kvm.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <time.h>
#include <unistd.h>

#define BYTES (256L << 20)
#define PAGE 4096L
#define PORT 0xf2
#define AREA 0x80000000L          // where the area is
#define LINEAR 0xffffff8000000000UL  // and where the guest has it
#define AREA_FILE (1L << 16)      // bytes of it that are in a file
#define AREA_BYTES (AREA_FILE + (1L << 20))

static int kvm, file, area_file, run_bytes;
static struct kvm_cpuid2 *cpuid, *four_leaves;

static int checked(int result, const char *what) {
  if (result < 0) {
    perror(what);
    exit(2);
  }
  return result;
}

static void *mapped(void *result) {
  if (result == MAP_FAILED) checked(-1, "mmap");
  return result;
}

static double now(void) {
  struct timespec t;
  clock_gettime(CLOCK_MONOTONIC, &t);
  return t.tv_sec * 1e9 + t.tv_nsec;
}

static struct kvm_segment segment(uint16_t selector, uint8_t type, uint8_t is_code) {
  struct kvm_segment s = {.base = 0, .limit = 0xffffffff, .selector = selector, .type = type, .present = 1, .dpl = 3,
                          .db = !is_code, .s = 1, .l = is_code, .g = 1};
  return s;
}

// Memory as every child finds it: tables that map it, and the area, by 2-MiB pages; descriptors and the code.
static void fill(uint8_t *memory, uint8_t *area) {
  for (long at = 0; at < BYTES; at += PAGE) memory[at] = 1;
  uint64_t *words = (uint64_t *)memory;
  memset(memory, 0, 0x10000);
  words[0x1000 / 8] = 0x2027;  // root table
  words[0x2000 / 8] = 0x3027;
  for (long i = 0; i < BYTES >> 21; i++) words[0x3000 / 8 + i] = (i << 21) | 0xe7;
  uint64_t gdt[] = {0, 0x00af9b000000ffff, 0x00cf93000000ffff, 0x00cff3000000ffff, 0x00affb000000ffff, 0x00008900500000ff, 0};
  // The area, by 4-KiB pages, under the last entry of the root table; its own tables are in it.
  words[0x1000 / 8 + 511] = (AREA + 0x4000) | 0x27;
  uint64_t *tables = (uint64_t *)(area + 0x4000);
  tables[0] = (AREA + 0x5000) | 0x27;
  tables[512] = (AREA + 0x6000) | 0x27;
  for (long i = 0; i < AREA_BYTES / PAGE; i++) tables[1024 + i] = (AREA + i * PAGE) | 0x67;
  memcpy(area, gdt, sizeof gdt);
  *(uint16_t *)(area + 0x1066) = 0x68;  // TSS: zero bits after it let user mode write to ports
  // mov rsi, [rdx]; mov rdi, [rdx + 8]; mov [rsi], rax; mov [rdi], rax; out; jmp
  memcpy(area + 0x2000, "\x48\x8b\x32\x48\x8b\x7a\x08\x48\x89\x06\x48\x89\x07\xe6\xf2\xeb\xfc", 17);
}

struct machine {
  uint8_t *memory, *area;
  int vm, cpu;
  struct kvm_run *run;
};

// The machine's guest writes to two pages, and leaves.
static void enter(struct machine *machine, uint64_t one, uint64_t other) {
  uint64_t *window = (uint64_t *)(machine->area + AREA_FILE);
  window[0] = one;
  window[1] = other;
  struct kvm_run *run = machine->run;
  run->s.regs.regs = (struct kvm_regs){.rip = LINEAR + 0x2000, .rflags = 2, .rdx = LINEAR + AREA_FILE};
  run->kvm_dirty_regs |= KVM_SYNC_X86_REGS;
  checked(ioctl(machine->cpu, KVM_RUN, 0), "KVM_RUN");
  if (run->exit_reason != KVM_EXIT_IO || run->io.port != PORT) {
    fprintf(stderr, "exit %u\n", run->exit_reason);
    exit(2);
  }
}

static struct machine made(struct kvm_cpuid2 *leaves) {
  struct machine made;
  made.memory = mapped(mmap(0, BYTES, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_NORESERVE, file, 0));
  made.area = mapped(mmap(0, AREA_BYTES, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0));
  mapped(mmap(made.area, AREA_FILE, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_NORESERVE | MAP_FIXED, area_file, 0));
  made.vm = checked(ioctl(kvm, KVM_CREATE_VM, 0), "KVM_CREATE_VM");
  struct kvm_userspace_memory_region region = {0, 0, 0, BYTES, (uint64_t)made.memory};
  checked(ioctl(made.vm, KVM_SET_USER_MEMORY_REGION, &region), "KVM_SET_USER_MEMORY_REGION");
  struct kvm_userspace_memory_region second = {1, 0, AREA, AREA_BYTES, (uint64_t)made.area};
  checked(ioctl(made.vm, KVM_SET_USER_MEMORY_REGION, &second), "KVM_SET_USER_MEMORY_REGION");
  checked(ioctl(made.vm, KVM_SET_NR_MMU_PAGES, (BYTES + (1L << 30)) / PAGE), "KVM_SET_NR_MMU_PAGES");
  made.cpu = checked(ioctl(made.vm, KVM_CREATE_VCPU, 0), "KVM_CREATE_VCPU");
  checked(ioctl(made.cpu, KVM_SET_CPUID2, leaves), "KVM_SET_CPUID2");
  made.run = mapped(mmap(0, run_bytes, PROT_READ | PROT_WRITE, MAP_SHARED, made.cpu, 0));
  struct kvm_sregs system;
  checked(ioctl(made.cpu, KVM_GET_SREGS, &system), "KVM_GET_SREGS");
  system.cs = segment(0x23, 11, 1);
  system.ds = system.es = system.fs = system.gs = system.ss = segment(0x1b, 3, 0);
  memset(&system.tr, 0, sizeof system.tr);
  system.tr.base = LINEAR + 0x1000;
  system.tr.limit = 0xff;
  system.tr.selector = 0x28;
  system.tr.type = 11;
  system.tr.present = 1;
  memset(&system.ldt, 0, sizeof system.ldt);
  system.ldt.unusable = 1;
  system.gdt.base = LINEAR;
  system.gdt.limit = 55;
  system.cr0 = 0x80050033;
  system.cr3 = 0x1000;
  system.cr4 = 0x620;
  system.efer = 0xd01;
  made.run->s.regs.sregs = system;
  made.run->kvm_valid_regs = KVM_SYNC_X86_REGS | KVM_SYNC_X86_SREGS;
  made.run->kvm_dirty_regs = KVM_SYNC_X86_SREGS;
  return made;
}

static void unmade(struct machine *machine) {
  munmap(machine->run, run_bytes);
  close(machine->cpu);
  close(machine->vm);
  munmap(machine->memory, BYTES);
  munmap(machine->area, AREA_BYTES);
}

static double child(struct kvm_cpuid2 *leaves, double *write) {
  double begin = now();
  struct machine child = made(leaves);
  enter(&child, 64 << 20, 128 << 20);
  double end = now();
  // Once more, with two other pages: what is above two exits' time is the copies'.
  double first = now();
  enter(&child, 65 << 20, 129 << 20);
  double then = now();
  enter(&child, 65 << 20, 129 << 20);
  *write = (then - first - (now() - then)) / 2;
  unmade(&child);
  return (end - begin) / 1000;
}

static struct kvm_cpuid2 *table(void) { return calloc(1, sizeof *cpuid + 512 * sizeof(struct kvm_cpuid_entry2)); }

int main(void) {
  kvm = checked(open("/dev/kvm", O_RDWR | O_CLOEXEC), "/dev/kvm");
  cpuid = table();
  cpuid->nent = 512;
  checked(ioctl(kvm, KVM_GET_SUPPORTED_CPUID, cpuid), "KVM_GET_SUPPORTED_CPUID");
  four_leaves = table();
  for (unsigned i = 0; i < cpuid->nent; i++) {
    unsigned leaf = cpuid->entries[i].function;
    if (leaf == 0 || leaf == 0x80000000 || leaf == 0x80000001 || leaf == 0x80000008) {
      four_leaves->entries[four_leaves->nent++] = cpuid->entries[i];
    }
  }
  run_bytes = checked(ioctl(kvm, KVM_GET_VCPU_MMAP_SIZE, 0), "KVM_GET_VCPU_MMAP_SIZE");
  file = checked(memfd_create("guest", MFD_CLOEXEC), "memfd_create");
  checked(ftruncate(file, BYTES), "ftruncate");
  uint8_t *memory = mapped(mmap(0, BYTES, PROT_READ | PROT_WRITE, MAP_SHARED, file, 0));
  area_file = checked(memfd_create("area", MFD_CLOEXEC), "memfd_create");
  checked(ftruncate(area_file, AREA_FILE), "ftruncate");
  uint8_t *area = mapped(mmap(0, AREA_FILE, PROT_READ | PROT_WRITE, MAP_SHARED, area_file, 0));
  fill(memory, area);
  munmap(memory, BYTES);
  munmap(area, AREA_FILE);
  struct machine parent = made(cpuid);
  enter(&parent, 64 << 20, 128 << 20);

  char line[64];
  while (fgets(line, sizeof line, stdin)) {
    long children = atol(line);
    double time = 0, write = 0, shorter = 0, ignored;
    for (long i = 0; i < children; i++) {
      double one;
      time += child(cpuid, &one) / children;
      write += one / children;
      shorter += child(four_leaves, &ignored) / children;
    }
    printf("%.2f %.0f %.2f\n", time, write, shorter);
    fflush(stdout);
  }
  unmade(&parent);
  return 0;
}
