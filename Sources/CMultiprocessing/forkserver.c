#define _GNU_SOURCE
#include "children.h"
#include "mp_children.h"
#include "mp_futex.h"
#include "mp_passing.h"
#include <dirent.h>
#include <errno.h>
#include <linux/sched.h>
#include <pthread.h>
#include <sched.h>
#include <stdlib.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

// A fork server is this program once more, and waits in its first and only thread, before any
// Swift has run there, for its parent to ask for children.  Nobody else can ask: the line was made
// by the parent, has no name, and is passed to nobody.
//
//   parent                                  server
//   1  'p', then a launch               ->  prepares itself: see ForkServer.swift
//   2  0 or -errno, int32_t             <-
//   3  'f' with a descriptor            ->  forks; the descriptor is the child's line
//                                           child, through its line
//   4  its process id, int32_t          <-  (or the server: -errno)
//   5  its launch                       ->
//   6  end                              ->  the server ends
static const char prepare = 'p';
static const char fork_one = 'f';

// MARK: The parent

int32_t mp_fork_server_request(int32_t server, int32_t *link) {
    int ends[2];
    int problem = mp_link_pair(ends);
    if (problem) return problem;
    int32_t passed = ends[1];
    int64_t sent = mp_passing_send(server, &fork_one, 1, &passed, 1);
    close(ends[1]);
    if (sent == 1) {
        *link = ends[0];
        return 0;
    }
    close(ends[0]);
    return (int32_t)sent;
}

// MARK: The server

/// Forks a child that is the parent's, not ours: so that is told of its end by the system, whatever
/// becomes of us.  glibc has no call for this, so what its `fork` mends in a child is mended here:
/// the thread's number, and the list of robust locks.  There are no other threads, whose locks
/// could be held, and nobody has asked to be told of forks who had done anything yet.
static pid_t fork_sibling(void) {
    int *number = NULL;
    unsigned long flags = CLONE_PARENT | SIGCHLD;
    if (prctl(PR_GET_TID_ADDRESS, &number) == 0 && number) {
        flags |= CLONE_CHILD_SETTID | CLONE_CHILD_CLEARTID;
    }
    void *robust = NULL;
    size_t size = 0;
    syscall(SYS_get_robust_list, 0, &robust, &size);
    // The last two are the address and what nobody asks for, in an order that differs.
    pid_t process = (pid_t)syscall(SYS_clone, flags, NULL, NULL, number, number);
    if (process == 0 && robust) syscall(SYS_set_robust_list, robust, size);
    // A preparation may have asked who we are.
    if (process == 0) mp_forked();
    return process < 0 ? -errno : process;
}

static void *prepare_here(void *argument) {
    *(int32_t *)argument = mp_fork_server_prepare(LINK);
    return NULL;
}

static int thread_count(void) {
    DIR *threads = opendir("/proc/self/task");
    if (!threads) return -errno;
    int count = 0;
    for (struct dirent *each; (each = readdir(threads)); ) count += each->d_name[0] != '.';
    closedir(threads);
    return count;
}

/// What has been asked for is done by a thread that is gone afterwards: nothing remembers it in the
/// thread that the children get.
static int32_t prepare_server(void) {
    if (!mp_fork_server_prepare) return -ENOTSUP;
    int32_t result = 0;
    pthread_t thread;
    int problem = pthread_create(&thread, NULL, prepare_here, &result);
    if (problem) return -problem;
    pthread_join(thread, NULL);
    // A joined thread may be listed for a moment longer.
    const struct timespec moment = { .tv_nsec = 1000000 };
    for (int turn = 0; result == 0 && thread_count() > 1; turn++) {
        if (turn == 100) return -EBUSY;
        nanosleep(&moment, NULL);
    }
    return result;
}

static void answer(int link, int32_t number) {
    send(link, &number, sizeof number, MSG_NOSIGNAL);
}

/// Does what a byte asks for; true in a child.
static bool serve(char request, int32_t *descriptors, int32_t count) {
    if (request == prepare && count == 0) {
        answer(LINK, prepare_server());
        return false;
    }
    if (request != fork_one || count != 1) _exit(1);
    pid_t process = fork_sibling();
    if (process == 0) {
        mp_become_child(descriptors[0]);
        answer(LINK, getpid());
        return true;
    }
    if (process < 0) answer(descriptors[0], process);
    close(descriptors[0]);
    return false;
}

void mp_fork_server_run(void) {
    // Ctrl-C in a terminal goes to all of a program's processes; the children may have it.
    void (*before)(int) = signal(SIGINT, SIG_IGN);
    for (;;) {
        char request;
        int32_t descriptors[MP_PASSING_LIMIT];
        int32_t count = 0;
        int64_t got = mp_passing_receive(LINK, &request, 1, descriptors, &count);
        if (got <= 0) _exit(got == 0 ? 0 : 1);
        if (serve(request, descriptors, count)) break;
    }
    signal(SIGINT, before == SIG_ERR ? SIG_DFL : before);
}
