#include "crew.h"

#include "loop.h"
#include "task.h"

struct crew {
    struct task *waiting;
    void (*work)(void *arg);
    int left;
};

struct member {
    struct crew *crew;
    void *arg;
};

/* Outside any task, as task_resume() wants it. */
static void wake(void *arg) {
    const struct crew *crew = arg;
    task_resume(crew->waiting);
}

static void run_member(void *arg) {
    struct member *member = arg;
    struct crew *crew = member->crew;
    crew->work(member->arg);
    if (--crew->left == 0) {
        loop_post(task_loop(task_self()), wake, crew);
    }
}

void crew_run(void (*work)(void *arg), void *args, size_t size, int count) {
    struct task *self = task_self();
    struct crew crew = {self, work, count};
    struct member members[CREW_MAX];
    for (int i = 0; i < count; i++) {
        members[i] = (struct member){&crew, (char *)args + (size_t)i * size};
        task_spawn(task_loop(self), run_member, &members[i]);
    }
    if (count > 0) {
        task_suspend(); /* the wake comes by post, so never before this */
    }
}
