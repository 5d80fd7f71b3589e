/* stack.h - what a loop keeps for its tasks: idle tasks with their stacks. Only for server/run. */
#ifndef NORIA_RUN_STACK_H
#define NORIA_RUN_STACK_H

struct loop;
struct task;

/* The head of the loop's list of idle tasks, for task.c. */
struct task **loop_idle_tasks(struct loop *loop);

/* Frees the idle tasks of a list. */
void task_free_idle(struct task **list);

#endif
