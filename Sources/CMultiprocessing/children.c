#define _GNU_SOURCE
#include "children.h"
#include "mp_children.h"
#include "stat.h"
#include <errno.h>
#include <fcntl.h>
#include <link.h>
#include <poll.h>
#include <spawn.h>
#include <stdio.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>
#include <sys/auxv.h>
#include <sys/random.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

// How a child knows that it is one: the variable holds sixteen digits, and what lies in descriptor
// 3, written before the child was started, begins with a magic and the same digits.
//
//   0         8                 24
//   mpchild1  sixteen digits    a child: Launch.swift has what follows
//   mpserve1  sixteen digits    a fork server: forkserver.c has what follows
//
// So a variable that strayed into some program's environment does it no harm.
enum { DIGITS = 16, MAGIC = 8, GREETING = MAGIC + DIGITS };
static const char child_magic[MAGIC + 1] = "mpchild1";
static const char server_magic[MAGIC + 1] = "mpserve1";
static const char variable[] = "SWIFT_MULTIPROCESSING_CHILD";

extern char **environ;

// MARK: The parent

/// Is this code part of the program?  In a library it would be another program that we start.
static bool is_in_program(void) {
    extern const ElfW(Ehdr) __ehdr_start __attribute__((visibility("hidden")));
    return (uintptr_t)&__ehdr_start + __ehdr_start.e_phoff == getauxval(AT_PHDR);
}

static int make_greeting(char greeting[GREETING + 1], const char *magic) {
    uint64_t random;
    if (getrandom(&random, sizeof random, 0) != sizeof random) return -errno;
    snprintf(greeting, GREETING + 1, "%s%016llx", magic, (unsigned long long)random);
    return 0;
}

/// This process's environment with the variable in it; to be freed.
static char **make_environment(char *setting) {
    size_t count = 0;
    while (environ && environ[count]) count++;
    char **copy = calloc(count + 2, sizeof *copy);
    if (!copy) return NULL;
    size_t place = 0;
    copy[place++] = setting;
    for (size_t each = 0; each < count; each++) {
        bool is_ours = strncmp(environ[each], variable, sizeof variable - 1) == 0
            && environ[each][sizeof variable - 1] == '=';
        if (!is_ours) copy[place++] = environ[each];
    }
    return copy;
}

static int spawn(pid_t *process, const char *executable, int link, char **environment) {
    posix_spawn_file_actions_t actions;
    posix_spawnattr_t attributes;
    sigset_t none;
    sigemptyset(&none);
    posix_spawn_file_actions_init(&actions);
    posix_spawnattr_init(&attributes);
    // Swift's own threads block signals, and a child would inherit that.
    posix_spawnattr_setsigmask(&attributes, &none);
    posix_spawnattr_setflags(&attributes, POSIX_SPAWN_SETSIGMASK);
    posix_spawn_file_actions_adddup2(&actions, link, LINK);
    // As CPython's children, it does not read what is meant for its parent.
    posix_spawn_file_actions_addopen(&actions, 0, "/dev/null", O_RDONLY, 0);
#if __GLIBC_PREREQ(2, 34)
    posix_spawn_file_actions_addclosefrom_np(&actions, LINK + 1);
#endif
    char *arguments[] = { program_invocation_name, "multiprocessing-child", NULL };
    int problem =
        posix_spawn(process, executable, &actions, &attributes, arguments, environment);
    posix_spawnattr_destroy(&attributes);
    posix_spawn_file_actions_destroy(&actions);
    return -problem;
}

int mp_link_pair(int ends[2]) {
    if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends) < 0) return -errno;
    fcntl(ends[0], F_SETFL, O_NONBLOCK);
    return 0;
}

int32_t mp_child_watch(int32_t process) {
    int watch = (int)syscall(SYS_pidfd_open, process, 0);
    if (watch >= 0) return watch;
    int problem = -errno;
    kill(process, SIGKILL);
    waitpid(process, NULL, 0);
    return problem;
}

int32_t mp_child_start(
    const char *executable, bool is_server, int32_t *link, int32_t *watch
) {
    if (!executable && !is_in_program()) return -ENOTSUP;
    char greeting[GREETING + 1];
    char setting[sizeof variable + 1 + DIGITS];
    int problem = make_greeting(greeting, is_server ? server_magic : child_magic);
    if (problem) return problem;
    snprintf(setting, sizeof setting, "%s=%s", variable, greeting + MAGIC);
    int ends[2];
    problem = mp_link_pair(ends);
    if (problem) return problem;
    char **environment = make_environment(setting);
    pid_t process = -1;
    if (!environment) {
        problem = -ENOMEM;
    } else if (send(ends[0], greeting, GREETING, MSG_NOSIGNAL) != GREETING) {
        problem = -errno;
    } else {
        problem = spawn(
            &process, executable ? executable : "/proc/self/exe", ends[1], environment);
    }
    free(environment);
    close(ends[1]);
    if (!problem) *watch = mp_child_watch(process);
    if (!problem && *watch < 0) problem = *watch;
    if (problem) {
        close(ends[0]);
        return problem;
    }
    *link = ends[0];
    return process;
}

int32_t mp_child_reap(int32_t process, mp_child_end *end) {
    int status = 0;
    for (;;) {
        pid_t reaped = waitpid(process, &status, WNOHANG);
        if (reaped == 0) return 0;
        if (reaped == process) break;
        if (errno != EINTR) return -errno;
    }
    end->by_signal = WIFSIGNALED(status);
    end->value = WIFSIGNALED(status) ? WTERMSIG(status) : WEXITSTATUS(status);
    return 1;
}

int64_t mp_child_effort(int32_t process, bool *rests) {
    char line[MP_STAT_ROOM];
    // ") S": the state is the third field of the line, utime and stime are 14 and 15.
    char *field = mp_stat_fields(process, line);
    if (!field || field[1] != ' ') return -ESRCH;
    *rests = field[2] == 'S';
    for (int each = 2; each < 14; each++) {
        field = strchr(field + 1, ' ');
        if (!field) return -ESRCH;
    }
    char *end;
    int64_t own = strtoll(field, &end, 10);
    return own + strtoll(end, NULL, 10);
}

void mp_child_wait(int32_t process) {
    siginfo_t info;
    while (waitid(P_PID, (id_t)process, &info, WEXITED | WNOWAIT) < 0 && errno == EINTR) {}
}

const char *mp_signal_name(int32_t signal) { return sigabbrev_np(signal); }

int32_t mp_child_signal(int32_t process, int32_t signal) {
    return kill(process, signal) < 0 ? -errno : 0;
}

int32_t mp_child_signal_at_end(int32_t link, int32_t signal) {
    if (fcntl(link, F_SETSIG, signal) < 0 || fcntl(link, F_SETOWN, getpid()) < 0) return -errno;
    if (fcntl(link, F_SETFL, O_ASYNC) < 0) return -errno;
    char byte;
    bool has_ended = recv(link, &byte, 1, MSG_PEEK | MSG_DONTWAIT) == 0;
    return has_ended && kill(getpid(), signal) < 0 ? -errno : 0;
}

// What is done before this process ends by itself; each of them once.
enum { FAREWELLS = 8 };
static void (*_Atomic farewells[FAREWELLS])(void);

static atomic_flag is_asked_for_farewell = ATOMIC_FLAG_INIT;

static void say_farewell(void) {
    for (int each = FAREWELLS - 1; each >= 0; each--) {
        void (*body)(void) = atomic_load(&farewells[each]);
        if (body) body();
    }
}

void mp_at_exit(void (*body)(void)) {
    for (int each = 0; each < FAREWELLS; each++) {
        void (*other)(void) = NULL;
        if (!body) {
            atomic_store(&farewells[each], NULL);
        } else if (
            atomic_compare_exchange_strong(&farewells[each], &other, body) || other == body
        ) {
            break;
        }
    }
    if (body && !atomic_flag_test_and_set(&is_asked_for_farewell)) atexit(say_farewell);
}

void mp_exit(int32_t status) {
    if (!mp_child_is_forked()) exit(status);
    // What is to be done at its end the program has asked for in its parent, and for that.
    say_farewell();
    fflush(stdout);
    _exit(status);
}

// The doors through which CoreFoundation's run loop serves the main queue of libdispatch, and with
// it the main actor.  `dispatch_main` would do so by ending the main thread, which glibc can only
// once `main` has begun.
extern int _dispatch_get_main_queue_handle_4CF(void) __attribute__((weak));
extern void _dispatch_main_queue_callback_4CF(void *) __attribute__((weak));

void mp_serve_main_queue(void) {
    bool is_there = _dispatch_get_main_queue_handle_4CF && _dispatch_main_queue_callback_4CF;
    struct pollfd bell = {
        .fd = is_there ? _dispatch_get_main_queue_handle_4CF() : -1, .events = POLLIN,
    };
    for (;;) {
        if (poll(&bell, 1, -1) <= 0) continue;
        uint64_t count;
        if (read(bell.fd, &count, sizeof count) > 0) _dispatch_main_queue_callback_4CF(NULL);
    }
}

// MARK: The child

typedef void (*initializer)(int, char **, char **);

enum role { NOBODY, CHILD, SERVER };

/// What this process was started for by `mp_child_start`, if it was.  The greeting is taken then.
static enum role role(void) {
    char *digits = getenv(variable);
    if (!digits) return NOBODY;
    char expected[DIGITS], greeting[GREETING];
    bool is_well_formed = strlen(digits) == DIGITS;
    if (is_well_formed) memcpy(expected, digits, DIGITS);
    // Neither our children nor anybody else's are to take it for theirs.
    unsetenv(variable);
    if (!is_well_formed || recv(LINK, greeting, GREETING, MSG_PEEK | MSG_DONTWAIT) != GREETING
        || memcmp(greeting + MAGIC, expected, DIGITS) != 0) return NOBODY;
    enum role role = memcmp(greeting, child_magic, MAGIC) == 0 ? CHILD
        : memcmp(greeting, server_magic, MAGIC) == 0 ? SERVER : NOBODY;
    if (role != NOBODY && recv(LINK, greeting, GREETING, MSG_DONTWAIT) != GREETING) return NOBODY;
    return role;
}

/// Runs before `main`, and in a child in its place, so that a program's `main` need not know of
/// children: not the one that `swift test` generates either.
///
/// What other initializers of the program are still to run, those of libraries that were linked
/// into it among them, is run first: afterwards all is as if `main` began.
__attribute__((constructor)) static void begin(int count, char **arguments, char **environment) {
    extern initializer __init_array_start[] __attribute__((visibility("hidden")));
    extern initializer __init_array_end[] __attribute__((visibility("hidden")));
    enum role mine = role();
    if (mine == NOBODY) return;
    if (!mp_child_main || !is_in_program()) {
        fprintf(stderr, "multiprocessing: this program cannot be a child of its own\n");
        _exit(1);
    }
    fcntl(LINK, F_SETFD, FD_CLOEXEC);
    initializer *next = __init_array_start;
    while (next < __init_array_end && *next != begin) next++;
    while (++next < __init_array_end) (*next)(count, arguments, environment);
    // It returns in the children that it forks.
    if (mine == SERVER) mp_fork_server_run();
    mp_child_main(LINK);
    _exit(1);
}
