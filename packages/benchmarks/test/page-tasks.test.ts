import { expect, it } from 'vitest';
import { tasksOf } from '../src/page-tasks/trace.js';

const thread = { pid: 1, tid: 2 };
const mark = (name: string, ts: number) => ({ ...thread, name, cat: 'blink.user_timing', ts });
const task = (ts: number, dur: number) => ({
  ...{ ...thread, name: 'ThreadControllerImpl::RunTask', cat: 'toplevel' },
  ...{ ts, dur, tdur: dur / 2 },
});

it('tasks of the main thread belong to the mark that they end behind', () => {
  const events = [
    task(0, 5000),
    // The task that set the mark.
    task(9000, 4000),
    mark('first', 10_000),
    task(14_000, 2000),
    { ...task(15_000, 9000), tid: 3 },
    { ...task(16_000, 1000), name: 'FunctionCall' },
    mark('second', 20_000),
    task(21_000, 6000),
    mark('end', 30_000),
    task(31_000, 7000),
  ];
  expect(tasksOf(events, ['first', 'second', 'end'])).toEqual([
    { phase: 'first', milliseconds: 4, processor: 2 },
    { phase: 'first', milliseconds: 2, processor: 1 },
    { phase: 'second', milliseconds: 6, processor: 3 },
  ]);
  expect(() => tasksOf(events, ['third'])).toThrow(/no mark 'third'/);
});
