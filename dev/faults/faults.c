/*
 * Makes system calls on chosen files fail, so that tests can show what a full disk or a failing one does to a server.
 * Preloaded into a process (LD_PRELOAD); which calls fail is said by a file of rules (FAULTS_CONTROL), that is read
 * again whenever it changes. No part of the product, and of no use outside tests.
 *
 * A rule is a line: CALL ERRNO PATTERN FIRST COUNT [torn]
 *   CALL     write (write, pwrite, writev), sync (fsync, fdatasync), truncate, read (read, pread), open (for writing),
 *            rename (of a file with this name before), or unlink
 *   ERRNO    EIO, ENOSPC or EROFS; or KILL: the process is killed right before the call
 *   PATTERN  a shell pattern for the name of the file, without its folder; for the whole path where it has a slash
 *   FIRST    so many matching calls go through, counted since the rules were read
 *   COUNT    so many fail after them; 0 for all
 *   torn     a write that fails writes the first half of its bytes before
 * The last line is `end`; rules without it are not read. Each failure leaves a line in the file FAULTS_CONTROL.hits.
 *
 * It also sets the time of day wrong, by as many seconds as the file FAULTS_CLOCK says at the moment of each look; the
 * steady clocks stay as they are.
 */

#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <fnmatch.h>
#include <pthread.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/types.h>
#include <sys/uio.h>
#include <time.h>
#include <unistd.h>

enum { RULES = 16, PATH = 4096, TEXT = 4096, KILLED = -1 };

struct rule {
    char call[16];
    char pattern[128];
    int error;
    unsigned long first, count, seen;
    int torn;
};

static struct rule rules[RULES];
static size_t rule_count;
static struct stat read_at;
static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;

static int error_named(const char *name) {
    if (strcmp(name, "EIO") == 0) return EIO;
    if (strcmp(name, "ENOSPC") == 0) return ENOSPC;
    if (strcmp(name, "EROFS") == 0) return EROFS;
    if (strcmp(name, "KILL") == 0) return KILLED;
    return 0;
}

/* A call that is not made through this library, so that reading the rules cannot meet a rule. */
static ssize_t raw_read(int fd, void *to, size_t size) { return syscall(SYS_read, fd, to, size); }
static ssize_t raw_write(int fd, const void *from, size_t size) { return syscall(SYS_write, fd, from, size); }
static int raw_open(const char *path, int flags) { return (int)syscall(SYS_openat, AT_FDCWD, path, flags, 0600); }

/* A wrong rule must not look like a rule that never fired. */
static void wrong(const char *line) {
    dprintf(STDERR_FILENO, "faults: cannot read the rule `%s`\n", line);
    abort();
}

/* Reads the rules again where the file is another than before. Called with the lock held. */
static void refresh(void) {
    const char *path = getenv("FAULTS_CONTROL");
    struct stat now;
    if (path == NULL || stat(path, &now) != 0) {
        rule_count = 0;
        return;
    }
    if (now.st_ino == read_at.st_ino && now.st_size == read_at.st_size &&
        now.st_mtim.tv_sec == read_at.st_mtim.tv_sec && now.st_mtim.tv_nsec == read_at.st_mtim.tv_nsec)
        return;
    char text[TEXT];
    int fd = raw_open(path, O_RDONLY | O_CLOEXEC);
    ssize_t size = fd < 0 ? -1 : raw_read(fd, text, sizeof text - 1);
    if (fd >= 0) close(fd);
    if (size < 0) return;
    text[size] = '\0';
    if (strstr(text, "end\n") == NULL) return;
    read_at = now;
    rule_count = 0;
    char *rest = NULL;
    for (char *line = strtok_r(text, "\n", &rest); line != NULL; line = strtok_r(NULL, "\n", &rest)) {
        if (strcmp(line, "end") == 0) break;
        struct rule *rule = &rules[rule_count];
        char error[16] = "", torn[8] = "";
        if (rule_count == RULES) wrong(line);
        memset(rule, 0, sizeof *rule);
        int found = sscanf(line, "%15s %15s %127s %lu %lu %7s", rule->call, error, rule->pattern, &rule->first,
                           &rule->count, torn);
        rule->error = error_named(error);
        rule->torn = strcmp(torn, "torn") == 0;
        if (found < 5 || rule->error == 0 || (found == 6 && !rule->torn)) wrong(line);
        rule_count++;
    }
}

static void note_hit(const struct rule *rule, const char *name) {
    char path[PATH], line[512];
    snprintf(path, sizeof path, "%s.hits", getenv("FAULTS_CONTROL"));
    int size = snprintf(line, sizeof line, "%s %s\n", rule->call, name);
    int fd = raw_open(path, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC);
    if (fd < 0 || size < 0 || raw_write(fd, line, (size_t)size) != size) wrong("hits");
    close(fd);
}

/* The error that a call on this file shall end with, or 0. */
static int fault_at(const char *call, const char *path, int *torn) {
    const char *slash = strrchr(path, '/');
    const char *name = slash == NULL ? path : slash + 1;
    int error = 0;
    pthread_mutex_lock(&lock);
    refresh();
    for (size_t at = 0; at < rule_count && error == 0; at++) {
        struct rule *rule = &rules[at];
        const char *subject = strchr(rule->pattern, '/') == NULL ? name : path;
        if (strcmp(rule->call, call) != 0 || fnmatch(rule->pattern, subject, 0) != 0) continue;
        unsigned long place = rule->seen++;
        if (place < rule->first || (rule->count != 0 && place >= rule->first + rule->count)) continue;
        error = rule->error;
        if (torn != NULL) *torn = rule->torn;
        note_hit(rule, name);
        if (error == KILLED) raise(SIGKILL);
    }
    pthread_mutex_unlock(&lock);
    return error;
}

static int fault(const char *call, int fd, int *torn) {
    if (getenv("FAULTS_CONTROL") == NULL) return 0;
    int before = errno;
    char link[64], path[PATH];
    snprintf(link, sizeof link, "/proc/self/fd/%d", fd);
    ssize_t size = readlink(link, path, sizeof path - 1);
    int error = 0;
    /* Only files have a name that begins at the root: no sockets, no pipes. */
    if (size > 0 && path[0] == '/') {
        path[size] = '\0';
        error = fault_at(call, path, torn);
    }
    errno = before;
    return error;
}

/* The library's own function of this name. */
#define NEXT(result, name, ...)                                            \
    static result (*next)(__VA_ARGS__);                                    \
    if (next == NULL) *(void **)&next = dlsym(RTLD_NEXT, name)

#define FAIL_WRITE(fd, half)               \
    int torn = 0;                          \
    int error = fault("write", fd, &torn); \
    if (error != 0) {                      \
        if (torn) (void)!(half);           \
        errno = error;                     \
        return -1;                         \
    }

#define FAIL(call, fd)                     \
    int error = fault(call, fd, NULL);     \
    if (error != 0) {                      \
        errno = error;                     \
        return -1;                         \
    }

ssize_t write(int fd, const void *from, size_t size) {
    NEXT(ssize_t, "write", int, const void *, size_t);
    FAIL_WRITE(fd, next(fd, from, size / 2));
    return next(fd, from, size);
}

ssize_t pwrite(int fd, const void *from, size_t size, off_t at) {
    NEXT(ssize_t, "pwrite", int, const void *, size_t, off_t);
    FAIL_WRITE(fd, next(fd, from, size / 2, at));
    return next(fd, from, size, at);
}

ssize_t pwrite64(int fd, const void *from, size_t size, off64_t at) {
    NEXT(ssize_t, "pwrite64", int, const void *, size_t, off64_t);
    FAIL_WRITE(fd, next(fd, from, size / 2, at));
    return next(fd, from, size, at);
}

ssize_t writev(int fd, const struct iovec *parts, int count) {
    NEXT(ssize_t, "writev", int, const struct iovec *, int);
    FAIL_WRITE(fd, next(fd, parts, count / 2));
    return next(fd, parts, count);
}

int fsync(int fd) {
    NEXT(int, "fsync", int);
    FAIL("sync", fd);
    return next(fd);
}

int fdatasync(int fd) {
    NEXT(int, "fdatasync", int);
    FAIL("sync", fd);
    return next(fd);
}

int ftruncate(int fd, off_t size) {
    NEXT(int, "ftruncate", int, off_t);
    FAIL("truncate", fd);
    return next(fd, size);
}

int ftruncate64(int fd, off64_t size) {
    NEXT(int, "ftruncate64", int, off64_t);
    FAIL("truncate", fd);
    return next(fd, size);
}

ssize_t read(int fd, void *to, size_t size) {
    NEXT(ssize_t, "read", int, void *, size_t);
    FAIL("read", fd);
    return next(fd, to, size);
}

ssize_t pread(int fd, void *to, size_t size, off_t at) {
    NEXT(ssize_t, "pread", int, void *, size_t, off_t);
    FAIL("read", fd);
    return next(fd, to, size, at);
}

ssize_t pread64(int fd, void *to, size_t size, off64_t at) {
    NEXT(ssize_t, "pread64", int, void *, size_t, off64_t);
    FAIL("read", fd);
    return next(fd, to, size, at);
}

#define FAIL_AT(call, path)                                                         \
    int before = errno;                                                            \
    int error = getenv("FAULTS_CONTROL") == NULL ? 0 : fault_at(call, path, NULL); \
    errno = error != 0 ? error : before;                                           \
    if (error != 0) return -1

int rename(const char *from, const char *to) {
    NEXT(int, "rename", const char *, const char *);
    FAIL_AT("rename", from);
    return next(from, to);
}

int unlink(const char *path) {
    NEXT(int, "unlink", const char *);
    FAIL_AT("unlink", path);
    return next(path);
}

/* By how many seconds the time of day is wrong now. */
static long clock_offset(void) {
    const char *path = getenv("FAULTS_CLOCK");
    if (path == NULL) return 0;
    int before = errno;
    char text[32];
    int fd = raw_open(path, O_RDONLY | O_CLOEXEC);
    ssize_t size = fd < 0 ? -1 : raw_read(fd, text, sizeof text - 1);
    if (fd >= 0) close(fd);
    errno = before;
    if (size <= 0) return 0;
    text[size] = '\0';
    return strtol(text, NULL, 10);
}

int clock_gettime(clockid_t clock, struct timespec *to) {
    NEXT(int, "clock_gettime", clockid_t, struct timespec *);
    int result = next(clock, to);
    if (result == 0 && clock == CLOCK_REALTIME) to->tv_sec += clock_offset();
    return result;
}

#define OPEN(name)                                                                  \
    int name(const char *path, int flags, ...) {                                    \
        NEXT(int, #name, const char *, int, ...);                                   \
        mode_t mode = 0;                                                            \
        if ((flags & O_CREAT) != 0 || (flags & O_TMPFILE) == O_TMPFILE) {           \
            va_list rest;                                                           \
            va_start(rest, flags);                                                  \
            mode = va_arg(rest, mode_t);                                            \
            va_end(rest);                                                           \
        }                                                                           \
        if ((flags & O_ACCMODE) != O_RDONLY && getenv("FAULTS_CONTROL") != NULL) {  \
            int error = fault_at("open", path, NULL);                               \
            if (error != 0) {                                                       \
                errno = error;                                                      \
                return -1;                                                          \
            }                                                                       \
        }                                                                           \
        return next(path, flags, mode);                                             \
    }

OPEN(open)
OPEN(open64)
