/*
 * Included by plugin.c: makes an execve of the recorded program into one of QEMU with the same plugin.
 * QEMU's user mode alone hands an execve to the kernel, so that the program executed would run
 * unrecorded.
 */
const char *qemu_plugin_path_to_binary(void);

static char *qemu, *options; /* how this QEMU was started: its path, and what follows -plugin */
static int notes = -1;       /* the file for notes about children, which plugin.c describes */

static bool is_elf(const char *path, unsigned char *start)
{
    int file = open(path, O_RDONLY | O_CLOEXEC);
    bool elf = file >= 0 && read(file, start, 20) == 20 && memcmp(start, "\177ELF", 4) == 0;
    if (file >= 0) {
        close(file);
    }
    return elf;
}

/* Whether QEMU can run the program: 64-bit, x86, and without rights that QEMU does not have. */
static bool is_x86_64(const char *path)
{
    unsigned char start[20];
    struct stat status;
    return is_elf(path, start) && start[4] == 2 && start[18] == 62 && start[19] == 0
           && stat(path, &status) == 0 && !(status.st_mode & (S_ISUID | S_ISGID));
}

/* A script's first line, in two words as the kernel reads it; false if the file is no script. */
static bool is_script(const char *path, char *line, char **interpreter, char **argument)
{
    int file = open(path, O_RDONLY | O_CLOEXEC);
    ssize_t n = file < 0 ? -1 : read(file, line, 255);
    if (file >= 0) {
        close(file);
    }
    if (n < 3 || line[0] != '#' || line[1] != '!') {
        return false;
    }
    line[n] = 0;
    line[strcspn(line, "\n")] = 0;
    *interpreter = line + 2 + strspn(line + 2, " \t");
    *argument = *interpreter + strcspn(*interpreter, " \t");
    if (**argument) {
        *(*argument)++ = 0;
        *argument += strspn(*argument, " \t");
        for (size_t end = strlen(*argument); end > 0 && strchr(" \t", (*argument)[end - 1]);) {
            (*argument)[--end] = 0;
        }
    }
    return **interpreter;
}

/* What the recorded process executes is executed in QEMU, as far as QEMU runs it; then this does not
 * return. Otherwise the system call goes on, and takes its result or the process with it. */
static void follow(const char *path, char *const *arguments, char *const *environment)
{
    enum { DEPTH = 4, FRONT = 6 };
    char lines[DEPTH][256], *interpreter, *argument;
    const char *program = strcmp(path, "/proc/self/exe") == 0 ? qemu_plugin_path_to_binary() : path;
    const char *name = arguments && arguments[0] ? arguments[0] : program;
    size_t n = 0, first = FRONT + 2 * DEPTH;
    while (arguments && arguments[n]) {
        n++;
    }
    const char **words = calloc(first + n + 1, sizeof *words);
    if (!program || access(program, X_OK) != 0 || !words) {
        return;
    }
    for (size_t i = 1; i < n; i++) {
        words[first + i - 1] = arguments[i];
    }
    const char *executed = program;
    for (int i = 0; i < DEPTH && is_script(program, lines[i], &interpreter, &argument); i++) {
        words[--first] = program;
        if (*argument) {
            words[--first] = argument;
        }
        name = program = interpreter;
    }
    if (is_x86_64(program) && qemu && options) {
        const char *front[FRONT] = {qemu, "-0", name, "-plugin", options, program};
        first -= FRONT;
        memcpy(words + first, front, sizeof front);
        execve(qemu, (char *const *)(words + first), environment);
    }
    unsigned char start[20];
    if (program != path || is_elf(program, start)) { /* others fail, or a shell reads them itself */
        dprintf(notes, "left %d %s\n", getpid(), executed);
    }
    free(words);
}
