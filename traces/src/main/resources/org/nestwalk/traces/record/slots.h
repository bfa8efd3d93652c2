/*
 * Included by plugin.c: the slots of a file that both processes map, 32 KiB each, in which a thread
 * collects what it does.
 *
 *   word 0        0 if free; else the thread's index + 1, and in bit 32 whether it was sent
 *   word 1        unused
 *   words 2-4095  events, the rest 0:
 *           a block begun   1 << 63 | number
 *           a data access   instruction << 53 | store << 52 | 1 << 51 | log2(size) << 48 | address
 *           (addresses of user space have at most 47 bits; instruction is its index in the block)
 *
 * A thread that has filled one sends it, as plugin.c's packet of type 2, and takes another: a new one
 * while there are fewer than SPARE_SLOTS that no thread holds, else one that the reader has done with.
 * Their numbers come by a second pipe, 16 bits each; a thread waits there if the reader is slow. What
 * is left in slots when the process dies, the reader finds.
 */
enum { SLOT_WORDS = 4096, SLOT_BYTES = 8 * SLOT_WORDS };
enum { SPARE_SLOTS = 32, MAX_SLOTS = MAX_VCPUS + SPARE_SLOTS };

static int events = -1;    /* the file of slots */
static int done = -1;      /* the pipe of slots that the reader has done with */
static uint64_t *slots;    /* all that there can be, mapped at a multiple of their size */
static uint64_t *waste;    /* in place of a slot where nothing is recorded any more */
static unsigned total;     /* slots that the file has */
static unsigned holders;   /* threads that have one */

#ifdef __GLIBC__ /* which has room for it whenever a library is loaded: one instruction finds it */
#define NEAR __attribute__((tls_model("initial-exec")))
#else
#define NEAR
#endif

/* Where the thread's next event goes: in its slot, or behind it if that is full; NULL if it has none. */
static __thread uint64_t *cursor NEAR;

/* The slot that `end` is in, or ends. */
static uint64_t *slot_before(uint64_t *end)
{
    return (uint64_t *)((uintptr_t)(end - 1) & -(uintptr_t)SLOT_BYTES);
}

/* Sends the slot that ends at or has events up to `end`. */
static void send_slot(uint64_t *end)
{
    uint64_t *slot = slot_before(end);
    uint64_t packet[] = {0, (uint64_t)(slot - slots) / SLOT_WORDS, (uint64_t)(end - slot) - 2};
    if (slot != waste && out >= 0) {
        unsigned thread = (unsigned)slot[0] - 1;
        slot[0] |= 1ULL << 32;
        put(packet, EVENTS, thread, 2);
    }
}

/* Makes one more slot. Without room for it, those that there are suffice if each thread can have one;
 * otherwise NULL is no answer, as what threads do would be lost. */
static uint64_t *new_slot(void)
{
    uint64_t *slot = slots + (size_t)total * SLOT_WORDS;
    if (posix_fallocate(events, (off_t)total * SLOT_BYTES, SLOT_BYTES) == 0) {
        total++;
        return slot;
    }
    if (total < holders) {
        fputs("nestwalk: the temporary directory has no room for the recorder's buffers\n", stderr);
        abort();
    }
    return NULL;
}

/* Waits for a slot that the reader has done with; NULL if it has gone. */
static uint64_t *used_slot(void)
{
    uint16_t number;
    ssize_t n;
    do {
        n = read(done, &number, sizeof number);
    } while (n < 0 && errno == EINTR);
    return n == sizeof number && number < total ? slots + (size_t)number * SLOT_WORDS : NULL;
}

/* Sends the thread's slot, if it has one, and takes another. */
static __attribute__((noinline)) uint64_t *next_slot(unsigned index, uint64_t *full)
{
    uint64_t *slot = NULL;
    if (full) {
        send_slot(full);
    }
    if (out >= 0) {
        pthread_mutex_lock(&pipe_lock);
        holders += !full;
        if (total < SPARE_SLOTS + holders && total < MAX_SLOTS) {
            slot = new_slot();
        }
        pthread_mutex_unlock(&pipe_lock);
        if (!slot && !(slot = used_slot())) {
            out = -1;
        }
    }
    if (!slot) {
        return waste + 2;
    }
    memset(slot, 0, SLOT_BYTES);
    slot[0] = index % MAX_VCPUS + 1;
    return slot + 2;
}

/* A cursor at a slot's end, or none yet, is a multiple of a slot's size. */
static inline void event(unsigned index, uint64_t word)
{
    uint64_t *at = cursor;
    if (__builtin_expect(((uintptr_t)at & (SLOT_BYTES - 1)) == 0, 0)) {
        at = next_slot(index, at);
    }
    *at = word;
    cursor = at + 1;
}

/* Sends what a thread has done, if this is that thread, which ends. */
static void vcpu_ended(plugin_id id, unsigned index)
{
    uint64_t *at = cursor;
    (void)id;
    if (!at || out < 0) {
        return;
    }
    uint64_t *slot = slot_before(at);
    if (slot[0] == index % MAX_VCPUS + 1) {
        send_slot(at);
        cursor = NULL;
        pthread_mutex_lock(&pipe_lock);
        holders--;
        pthread_mutex_unlock(&pipe_lock);
    }
}

/* In a child, which has the file mapped as well: what it does stays its own. */
static void leave_slots(void)
{
    close(events);
    close(done);
    mmap(slots, (size_t)MAX_SLOTS * SLOT_BYTES, PROT_READ | PROT_WRITE,
         MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE | MAP_FIXED, -1, 0);
    cursor = NULL;
}

/* Maps the file of slots. Those of a program that executed this one, which are of no use any more, and
 * were not sent, are free. */
static bool map_slots(const char *path)
{
    size_t size = (size_t)MAX_SLOTS * SLOT_BYTES;
    struct stat status;
    char *room = mmap(NULL, size + 2 * SLOT_BYTES, PROT_READ | PROT_WRITE,
                      MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
    events = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0600);
    if (room == MAP_FAILED || events < 0 || fstat(events, &status) != 0) {
        return false;
    }
    room += -(uintptr_t)room & (SLOT_BYTES - 1);
    waste = (uint64_t *)(room + size);
    slots = mmap(room, size, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_FIXED, events, 0);
    if (slots == MAP_FAILED) {
        return false;
    }
    total = status.st_size / SLOT_BYTES;
    return true;
}

static void free_slots(const char *path)
{
    int back = open(path, O_WRONLY | O_CLOEXEC);
    for (uint16_t i = 0; i < total; i++) {
        uint64_t *slot = slots + (size_t)i * SLOT_WORDS;
        if (slot[0] && !(slot[0] >> 32)) {
            slot[0] = 0;
            if (write(back, &i, sizeof i) < 0) {
                break;
            }
        }
    }
    close(back);
}
