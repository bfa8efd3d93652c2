// exits: what one exit from a guest on KVM costs a C program. The guest is the one of GuestExits.java, byte for byte:
// 64-bit user mode, a loop of OUT. Each line of input is a number of exits to make; the answer is the nanoseconds of this
// thread's processor time for each of them.
#include <fcntl.h>
#include <linux/kvm.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <time.h>

#define BYTES (2 << 20)
#define PORT 0xf2

static int checked(int result, const char *what) {
  if (result < 0) {
    perror(what);
    exit(2);
  }
  return result;
}

static double processor_time(void) {
  struct timespec t;
  clock_gettime(CLOCK_THREAD_CPUTIME_ID, &t);
  return t.tv_sec * 1e9 + t.tv_nsec;
}

static struct kvm_segment segment(uint16_t selector, uint8_t type, uint8_t is_code) {
  struct kvm_segment s = {.base = 0, .limit = 0xffffffff, .selector = selector, .type = type, .present = 1, .dpl = 3,
                          .db = !is_code, .s = 1, .l = is_code, .g = 1};
  return s;
}

int main(void) {
  int kvm = checked(open("/dev/kvm", O_RDWR | O_CLOEXEC), "/dev/kvm");
  int vm = checked(ioctl(kvm, KVM_CREATE_VM, 0), "KVM_CREATE_VM");
  uint8_t *memory = mmap(0, BYTES, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
  uint64_t *words = (uint64_t *)memory;
  words[0x1000 / 8] = 0x2007;  // root table
  words[0x2000 / 8] = 0x3007;
  words[0x3000 / 8] = 0xe7;    // one page of 2 MiB
  uint64_t gdt[] = {0, 0x00af9b000000ffff, 0x00cf93000000ffff, 0x00cff3000000ffff, 0x00affb000000ffff, 0x00008900500000ff, 0};
  memcpy(memory + 0x4000, gdt, sizeof gdt);
  *(uint16_t *)(memory + 0x5066) = 0x68;  // TSS: zero bits after it let user mode write to ports
  memcpy(memory + 0x6000, "\xe6\xf2\xeb\xfc", 4);  // out 0xf2, al; jmp
  struct kvm_userspace_memory_region region = {0, 0, 0, BYTES, (uint64_t)memory};
  checked(ioctl(vm, KVM_SET_USER_MEMORY_REGION, &region), "KVM_SET_USER_MEMORY_REGION");
  int cpu = checked(ioctl(vm, KVM_CREATE_VCPU, 0), "KVM_CREATE_VCPU");
  struct kvm_cpuid2 *cpuid = calloc(1, sizeof *cpuid + 512 * sizeof(struct kvm_cpuid_entry2));
  cpuid->nent = 512;
  checked(ioctl(kvm, KVM_GET_SUPPORTED_CPUID, cpuid), "KVM_GET_SUPPORTED_CPUID");
  checked(ioctl(cpu, KVM_SET_CPUID2, cpuid), "KVM_SET_CPUID2");
  int bytes = checked(ioctl(kvm, KVM_GET_VCPU_MMAP_SIZE, 0), "KVM_GET_VCPU_MMAP_SIZE");
  struct kvm_run *run = mmap(0, bytes, PROT_READ | PROT_WRITE, MAP_SHARED, cpu, 0);
  if (run == MAP_FAILED) checked(-1, "mmap");

  struct kvm_sregs system;
  checked(ioctl(cpu, KVM_GET_SREGS, &system), "KVM_GET_SREGS");
  system.cs = segment(0x23, 11, 1);
  system.ds = system.es = system.fs = system.gs = system.ss = segment(0x1b, 3, 0);
  memset(&system.tr, 0, sizeof system.tr);
  system.tr.base = 0x5000;
  system.tr.limit = 0xff;
  system.tr.selector = 0x28;
  system.tr.type = 11;
  system.tr.present = 1;
  memset(&system.ldt, 0, sizeof system.ldt);
  system.ldt.unusable = 1;
  system.gdt.base = 0x4000;
  system.gdt.limit = 55;
  system.cr0 = 0x80050033;
  system.cr3 = 0x1000;
  system.cr4 = 0x620;
  system.efer = 0xd01;
  checked(ioctl(cpu, KVM_SET_SREGS, &system), "KVM_SET_SREGS");
  struct kvm_regs general = {.rip = 0x6000, .rflags = 2};
  checked(ioctl(cpu, KVM_SET_REGS, &general), "KVM_SET_REGS");
  // Registers come with every exit, as they do for Nestwalk.
  run->kvm_valid_regs = KVM_SYNC_X86_REGS | KVM_SYNC_X86_SREGS;

  char line[64];
  while (fgets(line, sizeof line, stdin)) {
    long exits = atol(line);
    double begin = processor_time();
    for (long i = 0; i < exits; i++) {
      checked(ioctl(cpu, KVM_RUN, 0), "KVM_RUN");
      if (run->exit_reason != KVM_EXIT_IO || run->io.port != PORT) {
        fprintf(stderr, "exit %u\n", run->exit_reason);
        return 2;
      }
    }
    printf("%.1f\n", (processor_time() - begin) / exits);
    fflush(stdout);
  }
  return 0;
}
