import type { Schedule } from '../schedules/schedule.js';
import type { Transform } from '../transform.js';

/** Multiplies by a scalar that follows the number of steps taken. */
export function scaleBySchedule(schedule: Schedule): Transform<never> {
  return {
    slots: {},
    apply: (updates, { step }) => {
      const factor = schedule(step);
      return updates.map(({ value }) => value.mul(factor.cast(value.dtype)));
    },
  };
}
