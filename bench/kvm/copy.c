// copy: what a plain copy through a TCP socket of the loopback costs a C program, as a migration's floor. A sender writes
// 512 MiB, filled once, in pieces of 256 KiB; a receiver on a thread of its own reads them into memory that it has never
// touched, for which large pages are welcome, as a guest's memory is where it arrives. Each line of input is a number of
// copies to make; the answer is the mean of their bytes a second, in millions, and behind it the microseconds of a round
// trip, 16 bytes there and 4096 back, the median of 200.
#define _GNU_SOURCE
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <pthread.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#define BYTES (512L << 20)
#define PIECE (256L << 10)
#define TRIPS 200

static int checked(int result, const char *what) {
  if (result < 0) {
    perror(what);
    exit(2);
  }
  return result;
}

static double now(void) {
  struct timespec t;
  clock_gettime(CLOCK_MONOTONIC, &t);
  return t.tv_sec + t.tv_nsec / 1e9;
}

static uint8_t *memory(void) {
  uint8_t *made = mmap(0, BYTES, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  if (made == MAP_FAILED) checked(-1, "mmap");
  madvise(made, BYTES, MADV_HUGEPAGE);
  return made;
}

static void all(ssize_t (*carry)(int, uint8_t *, size_t), int socket, uint8_t *bytes, long count) {
  for (long at = 0; at < count;) {
    long piece = count - at < PIECE ? count - at : PIECE;
    at += checked(carry(socket, bytes + at, piece), "socket");
  }
}

static ssize_t out(int socket, uint8_t *bytes, size_t count) { return write(socket, bytes, count); }
static ssize_t in(int socket, uint8_t *bytes, size_t count) { return read(socket, bytes, count); }

static void *receive(void *argument) {
  int socket = *(int *)argument;
  uint8_t *to = memory();
  all(in, socket, to, BYTES);
  uint8_t done = 1;
  all(out, socket, &done, 1);
  munmap(to, BYTES);
  uint8_t page[4096] = {0};
  for (int i = 0; i < TRIPS; i++) {
    all(in, socket, page, 16);
    all(out, socket, page, 4096);
  }
  return 0;
}

static int ascending(const void *a, const void *b) { return (*(double *)a > *(double *)b) - (*(double *)a < *(double *)b); }

int main(void) {
  uint8_t *from = memory();
  for (long i = 0; i < BYTES / 8; i++) ((uint64_t *)from)[i] = i * 0x9e3779b97f4a7c15UL;
  int listener = checked(socket(AF_INET, SOCK_STREAM, 0), "socket"), one = 1;
  struct sockaddr_in address = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
  socklen_t length = sizeof address;
  checked(bind(listener, (struct sockaddr *)&address, length), "bind");
  checked(listen(listener, 1), "listen");
  checked(getsockname(listener, (struct sockaddr *)&address, &length), "getsockname");
  char line[64];
  while (fgets(line, sizeof line, stdin)) {
    long copies = atol(line);
    double time = 0, trip = 0;
    for (long i = 0; i < copies; i++) {
      int to = checked(socket(AF_INET, SOCK_STREAM, 0), "socket");
      checked(connect(to, (struct sockaddr *)&address, length), "connect");
      int accepted = checked(accept(listener, 0, 0), "accept");
      setsockopt(to, IPPROTO_TCP, TCP_NODELAY, &one, sizeof one);
      setsockopt(accepted, IPPROTO_TCP, TCP_NODELAY, &one, sizeof one);
      pthread_t receiver;
      pthread_create(&receiver, 0, receive, &accepted);
      double begin = now();
      all(out, to, from, BYTES);
      uint8_t page[4096] = {0};
      all(in, to, page, 1);
      time += now() - begin;
      double trips[TRIPS];
      for (int j = 0; j < TRIPS; j++) {
        begin = now();
        all(out, to, page, 16);
        all(in, to, page, 4096);
        trips[j] = (now() - begin) * 1e6;
      }
      qsort(trips, TRIPS, sizeof *trips, ascending);
      trip += trips[TRIPS / 2] / copies;
      pthread_join(receiver, 0);
      close(to);
      close(accepted);
    }
    printf("%.2f %.2f\n", copies * BYTES / time / 1e6, trip);
    fflush(stdout);
  }
}
