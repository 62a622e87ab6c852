#define _GNU_SOURCE
#include "children.h"
#include "mp_children.h"
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <sys/syscall.h>
#include <unistd.h>

static bool is_forked;

bool mp_child_is_forked(void) { return is_forked; }

/// As exec does: what would be done by code is done no more, and what is ignored stays so.
static void forget_signals(void) {
    for (int number = 1; number < NSIG; number++) {
        struct sigaction action;
        if (sigaction(number, NULL, &action) < 0) continue;
        bool has_handler = (action.sa_flags & SA_SIGINFO)
            || (action.sa_handler != SIG_DFL && action.sa_handler != SIG_IGN);
        if (has_handler) signal(number, SIG_DFL);
    }
    sigset_t none;
    sigemptyset(&none);
    sigprocmask(SIG_SETMASK, &none, NULL);
}

static void close_from(int first) {
    if (syscall(SYS_close_range, first, ~0U, 0) == 0) return;
    // Linux before 5.9.
    long limit = sysconf(_SC_OPEN_MAX);
    for (int each = first; each < limit; each++) close(each);
}

void mp_become_child(int link) {
    forget_signals();
    if (link != LINK) dup2(link, LINK);
    fcntl(LINK, F_SETFD, FD_CLOEXEC);
    close_from(LINK + 1);
    int nothing = open("/dev/null", O_RDONLY);
    if (nothing > 0) {
        dup2(nothing, STDIN_FILENO);
        close(nothing);
    }
}

// A copy may wait for ever for a lock that another thread of its parent had.  Its parent ends it
// then; where that is killed first, the end of the line does.
static void end_with_parent(int signal) {
    (void)signal;
    int before = errno;
    struct pollfd line = { .fd = LINK, .events = POLLRDHUP };
    if (poll(&line, 1, 0) > 0 && (line.revents & (POLLHUP | POLLRDHUP))) _exit(1);
    errno = before;
}

static void watch_parent(void) {
    struct sigaction action = { .sa_handler = end_with_parent, .sa_flags = SA_RESTART };
    sigaction(SIGIO, &action, NULL);
    fcntl(LINK, F_SETOWN, getpid());
    fcntl(LINK, F_SETFL, fcntl(LINK, F_GETFL) | O_ASYNC);
    end_with_parent(SIGIO);
}

void mp_child_begins(void) {
    if (!is_forked) return;
    fcntl(LINK, F_SETFL, fcntl(LINK, F_GETFL) & ~O_ASYNC);
    signal(SIGIO, SIG_DFL);
}

struct forking {
    int link;
    int result;
};

/// The thread that forks is the only one in the child, and there the thread of everything.  It has
/// run no Swift before, so nothing is remembered of it that is another thread's in the child:
/// Swift's mutexes and libdispatch both keep the number of a thread with it.
static void *fork_here(void *argument) {
    struct forking *forking = argument;
    int link = forking->link;
    pid_t process = fork();
    if (process == 0) {
        is_forked = true;
        mp_at_exit(NULL);
        mp_become_child(link);
        watch_parent();
        mp_child_main(LINK);
        _exit(1);
    }
    forking->result = process < 0 ? -errno : process;
    return NULL;
}

int32_t mp_child_fork(int32_t *link, int32_t *watch) {
    if (!mp_child_main) return -ENOTSUP;
    int ends[2];
    int problem = mp_link_pair(ends);
    if (problem) return problem;
    // What lies in the buffer would be printed by both.
    fflush(stdout);
    struct forking forking = { .link = ends[1] };
    pthread_t thread;
    problem = -pthread_create(&thread, NULL, fork_here, &forking);
    if (!problem) {
        pthread_join(thread, NULL);
        problem = forking.result < 0 ? forking.result : 0;
    }
    close(ends[1]);
    if (!problem) *watch = mp_child_watch(forking.result);
    if (!problem && *watch < 0) problem = *watch;
    if (problem) {
        close(ends[0]);
        return problem;
    }
    *link = ends[0];
    return forking.result;
}
