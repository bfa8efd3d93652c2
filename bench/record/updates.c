/* Random updates of 64 MiB, as many as the argument says. */
#include <stdint.h>
#include <stdlib.h>

int main(int argc, char **argv)
{
    long updates = argc > 1 ? atol(argv[1]) : 0;
    uint64_t *table = calloc(1 << 23, sizeof *table), x = 1;
    for (long i = 0; table && i < updates; i++) {
        x = x * 6364136223846793005ULL + 1442695040888963407ULL;
        table[x >> 41] ^= x;
    }
    return !table || table[5] == 1;
}
