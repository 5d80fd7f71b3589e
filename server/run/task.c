/* task.c - coroutines. A stack is mapped once with a guard page below it and used again by later
 * tasks: the coroutine's body is a loop that runs one task after the other.
 *
 * ucontext puts the body on its stack once; from then on _setjmp() and _longjmp() switch, because
 * swapcontext() asks the kernel for the signal mask each time, four times a request.
 *
 * Switches go both ways only between a task and whoever resumed it, so they nest like calls. The
 * sanitizers are told of each switch; without that ASan reports false overflows and TSan loses the
 * happens-before order. */

/* The fortified longjmp() takes another stack for a mistake. */
#undef _FORTIFY_SOURCE

#include "task.h"

#include <setjmp.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <ucontext.h>
#include <unistd.h>

#include "../../lib/base/memory.h"
#include "loop.h"
#include "stack.h"

#if defined(__SANITIZE_ADDRESS__)
#include <sanitizer/common_interface_defs.h>
#endif
#if defined(__SANITIZE_THREAD__)
#include <sanitizer/tsan_interface.h>
#endif

#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
enum { STACK_BYTES = 4 * TASK_STACK }; /* instrumented frames are larger */
#else
enum { STACK_BYTES = TASK_STACK };
#endif
enum { IDLE_MAX = 512 }; /* idle stacks a loop keeps */

struct task {
    struct loop *loop;
    void (*run)(void *arg);
    void *arg;
    bool done;
    struct task *caller; /* who resumed it: another task, or NULL for the loop itself */
    jmp_buf here;        /* where it suspended itself */
    jmp_buf resumer;     /* where whoever resumed it waits */
    char *map;           /* guard page, then the stack */
    char *floor;         /* the frame of body() */
    size_t map_size;
    struct task *next_idle;
    int idle_below; /* idle tasks below this one in the list */
    bool used;      /* since its pages were given back */
#if defined(__SANITIZE_ADDRESS__)
    void *own_fake_stack;
    void *resumer_fake_stack;
    const void *resumer_bottom;
    size_t resumer_size;
#endif
#if defined(__SANITIZE_THREAD__)
    void *own_fiber;
    void *resumer_fiber;
#endif
};

/* Which task this thread runs; process-wide: the one thing that cannot be handed in. */
static _Thread_local struct task *running;

struct task *task_self(void) {
    return running;
}

struct loop *task_loop(struct task *task) {
    return task->loop;
}

/* Tells the sanitizers that the task's stack is now in use, having been switched to. */
static void arrived_in_task(struct task *task) {
#if defined(__SANITIZE_ADDRESS__)
    __sanitizer_finish_switch_fiber(task->own_fake_stack, &task->resumer_bottom,
                                    &task->resumer_size);
#else
    (void)task;
#endif
}

static void leave_for_task(struct task *task) {
    (void)task;
#if defined(__SANITIZE_ADDRESS__)
    __sanitizer_start_switch_fiber(&task->resumer_fake_stack,
                                   task->map + task->map_size - STACK_BYTES, STACK_BYTES);
#endif
#if defined(__SANITIZE_THREAD__)
    task->resumer_fiber = __tsan_get_current_fiber();
    __tsan_switch_to_fiber(task->own_fiber, 0);
#endif
}

static void back_from_task(struct task *task) {
    (void)task;
#if defined(__SANITIZE_ADDRESS__)
    __sanitizer_finish_switch_fiber(task->resumer_fake_stack, NULL, NULL);
#endif
}

static void switch_to_task(struct task *task) {
    if (_setjmp(task->resumer) == 0) {
        leave_for_task(task);
        _longjmp(task->here, 1);
    }
    back_from_task(task);
}

static void switch_to_resumer(struct task *task) {
    if (_setjmp(task->here) == 0) {
#if defined(__SANITIZE_ADDRESS__)
        __sanitizer_start_switch_fiber(&task->own_fake_stack, task->resumer_bottom,
                                       task->resumer_size);
#endif
#if defined(__SANITIZE_THREAD__)
        __tsan_switch_to_fiber(task->resumer_fiber, 0);
#endif
        _longjmp(task->resumer, 1);
    }
    arrived_in_task(task);
}

/* A stack that waits for its next request says nothing of the last: wiped in two parts, because
 * the frames of body() and of the switch lie at its top. Deeper pages, which few requests touch,
 * are given back to the kernel by task_wipe_idle(), and with them what wiping itself has touched.
 */
enum { TOP = 4 * 1024, WARM = 32 * 1024 };

__attribute__((noinline)) static void wipe_top(void) {
    __attribute__((uninitialized)) char below[TOP];
    explicit_bzero(below, sizeof below);
}

/* Instrumented frames are larger, and the sanitizers know what is in them. */
#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
static void wipe_warm(struct task *task) {
    task->used = true;
}

static void give_back(const struct task *task) {
    (void)task;
}
#else
/* The end of what is below those frames. */
static char *live(const struct task *task) {
    return task->floor - TOP / 2;
}

static void wipe_warm(struct task *task) {
    explicit_bzero(live(task) - WARM, WARM);
    task->used = true;
}

static void give_back(const struct task *task) {
    size_t page = task->map_size - STACK_BYTES; /* the guard's */
    char *bottom = task->map + page;
    (void)madvise(bottom, (size_t)(live(task) - bottom) / page * page, MADV_DONTNEED);
}
#endif

void task_wipe_idle(struct loop *loop) {
    for (struct task *task = *loop_idle_tasks(loop); task != NULL; task = task->next_idle) {
        if (task->used) {
            give_back(task);
            task->used = false;
        }
    }
}

/* The body of every coroutine. makecontext() passes ints only, so the pointer comes in two halves.
 */
static void body(unsigned high, unsigned low) {
    struct task *task = (struct task *)(((uintptr_t)high << 32) | (uintptr_t)low);
    arrived_in_task(task);
    task->floor = __builtin_frame_address(0);
    for (;;) {
        switch_to_resumer(task);
        task->run(task->arg);
        wipe_top();
        task->done = true;
    }
}

/* Puts the body on the task's stack, where it waits for its first task. */
static void enter(struct task *task) {
    ucontext_t first;
    uintptr_t self = (uintptr_t)task;
    if (getcontext(&first) != 0) {
        abort();
    }
    first.uc_stack.ss_sp = task->map + task->map_size - STACK_BYTES;
    first.uc_stack.ss_size = STACK_BYTES;
    first.uc_link = NULL;
    makecontext(&first, (void (*)(void))body, 2, (unsigned)(self >> 32), (unsigned)self);
    if (_setjmp(task->resumer) == 0) {
        leave_for_task(task);
        (void)setcontext(&first);
        abort();
    }
    back_from_task(task);
}

static struct task *task_new(void) {
    struct task *task = calloc(1, sizeof *task);
    if (task == NULL) {
        memory_lacking();
    }
    size_t page = (size_t)sysconf(_SC_PAGESIZE);
    task->map_size = page + STACK_BYTES;
    void *map = mmap(NULL, task->map_size, PROT_READ | PROT_WRITE,
                     MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE | MAP_STACK, -1, 0);
    if (map == MAP_FAILED || mprotect(map, page, PROT_NONE) != 0) {
        memory_lacking();
    }
    task->map = map;
#if defined(__SANITIZE_THREAD__)
    task->own_fiber = __tsan_create_fiber(0);
#endif
    enter(task);
    return task;
}

static void task_free(struct task *task) {
#if defined(__SANITIZE_THREAD__)
    __tsan_destroy_fiber(task->own_fiber);
#endif
    munmap(task->map, task->map_size);
    free(task);
}

void task_free_idle(struct task **list) {
    while (*list != NULL) {
        struct task *task = *list;
        *list = task->next_idle;
        task_free(task);
    }
}

/* Puts an ended task aside for the next one, or frees it when enough are idle. */
static void recycle(struct task *task) {
    wipe_warm(task);
    struct task **idle = loop_idle_tasks(task->loop);
    task->idle_below = *idle == NULL ? 0 : (*idle)->idle_below + 1;
    if (task->idle_below >= IDLE_MAX) {
        task_free(task);
        return;
    }
    task->next_idle = *idle;
    *idle = task;
}

void task_spawn(struct loop *loop, void (*run)(void *arg), void *arg) {
    struct task **idle = loop_idle_tasks(loop);
    struct task *task = *idle;
    if (task != NULL) {
        *idle = task->next_idle;
    } else {
        task = task_new();
    }
    task->loop = loop;
    task->run = run;
    task->arg = arg;
    task->done = false;
    task_resume(task);
}

void task_suspend(void) {
    struct task *task = running;
    if (task == NULL) {
        abort(); /* a mistake in the program: only tasks can wait */
    }
    switch_to_resumer(task);
}

void task_resume(struct task *task) {
    task->caller = running;
    running = task;
    switch_to_task(task);
    running = task->caller;
    if (task->done) {
        recycle(task);
    }
}
