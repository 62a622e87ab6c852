// What the ways to a child share.
#pragma once

#include <stdbool.h>

/// The descriptor in which a child finds its end of the line to its parent.
enum { LINK = 3 };

/// A pair of stream sockets: ends[0] is the parent's, non-blocking; both are closed on exec.
/// 0 or -errno.
int mp_link_pair(int ends[2]);

/// Makes a process that has just been forked what one is after exec: of all descriptors it has
/// standard output, standard error, an empty standard input, and `link` in the place of LINK; what
/// signals do is the default, or nothing.
void mp_become_child(int link);

/// Forks whenever the parent asks for it, until that ends; returns in each child.
void mp_fork_server_run(void);
