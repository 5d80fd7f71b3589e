/* offload.c - libuv's thread pool, and the queue before its heavy seats. */
#include "offload.h"

#include <pthread.h>
#include <stdbool.h>
#include <stdlib.h>

#include "../../lib/base/memory.h"
#include "loop.h"
#include "task.h"
#include "wipe.h"

/* Seats for heavy jobs in the whole process. */
enum { HEAVY_MAX = 2 };

struct job {
    uv_work_t request;
    void (*work)(void *arg);
    void *arg;
    struct task *task;
    bool heavy;
    struct job *next; /* waiting for a heavy seat */
    int *left;        /* of offload_all: jobs not yet done, counted on the loop's thread */
};

/* The process-wide seats: shared by all loops, so it cannot belong to any of them. */
struct seats {
    pthread_mutex_t lock;
    int taken;
    struct job *first;
    struct job **last;
};

static struct seats *heavy_seats(void) {
    static struct seats seats = {PTHREAD_MUTEX_INITIALIZER, 0, NULL, NULL};
    return &seats;
}

static void work_on_pool(uv_work_t *request) {
    struct job *job = request->data;
    job->work(job->arg);
    wipe_stack();
}

static void give_seat_back(void);

static void work_done(uv_work_t *request, int status) {
    struct job *job = request->data;
    if (status != 0) {
        abort(); /* nobody cancels a job: its task's data would be lost */
    }
    if (job->heavy) {
        give_seat_back();
    }
    if (job->left == NULL || --*job->left == 0) {
        task_resume(job->task);
    }
}

/* On the thread of the job's own loop. */
static void submit(void *arg) {
    struct job *job = arg;
    if (uv_queue_work(loop_uv(task_loop(job->task)), &job->request, work_on_pool, work_done) != 0) {
        abort();
    }
}

/* The first in the queue gets the seat, through its own loop. */
static void give_seat_back(void) {
    struct seats *seats = heavy_seats();
    pthread_mutex_lock(&seats->lock);
    struct job *next = seats->first;
    if (next == NULL) {
        seats->taken--;
    } else {
        seats->first = next->next;
        if (seats->first == NULL) {
            seats->last = NULL;
        }
    }
    pthread_mutex_unlock(&seats->lock);
    if (next != NULL) {
        loop_post(task_loop(next->task), submit, next);
    }
}

/* True when the job may start now; otherwise it waits in order. */
static bool take_seat(struct job *job) {
    struct seats *seats = heavy_seats();
    pthread_mutex_lock(&seats->lock);
    bool free_seat = seats->taken < HEAVY_MAX;
    if (free_seat) {
        seats->taken++;
    } else if (seats->last == NULL) {
        seats->first = job;
        seats->last = &job->next;
    } else {
        *seats->last = job;
        seats->last = &job->next;
    }
    pthread_mutex_unlock(&seats->lock);
    return free_seat;
}

static void run_job(void (*work)(void *arg), void *arg, bool heavy) {
    struct task *task = task_self();
    if (task == NULL) {
        work(arg);
        return;
    }
    struct job job = {.work = work, .arg = arg, .task = task, .heavy = heavy};
    job.request.data = &job;
    if (!heavy || take_seat(&job)) {
        submit(&job);
    }
    task_suspend();
}

void offload(void (*work)(void *arg), void *arg) {
    run_job(work, arg, false);
}

void offload_heavy(void (*work)(void *arg), void *arg) {
    run_job(work, arg, true);
}

void offload_all(void (*work)(void *arg), void *args, size_t size, int count) {
    struct task *task = task_self();
    char *each = args;
    if (task == NULL) {
        for (int i = 0; i < count; i++) {
            work(each + (size_t)i * size);
        }
        return;
    }
    struct job *jobs = calloc((size_t)count + 1, sizeof *jobs);
    int left = count;
    if (jobs == NULL) {
        memory_lacking();
    }
    for (int i = 0; i < count; i++) {
        jobs[i] =
            (struct job){.work = work, .arg = each + (size_t)i * size, .task = task, .left = &left};
        jobs[i].request.data = &jobs[i];
        submit(&jobs[i]);
    }
    if (count > 0) {
        task_suspend();
    }
    free(jobs);
}
