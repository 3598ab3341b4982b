import { schedules, type Schedule } from '@gradus/optim';

/** 0.0001 + 0.003 · e^(−i / 2000): fast at first, then fine enough to settle. */
export const fallingRate: Schedule = schedules.exponentialDecay({
  minimum: 1e-4,
  amplitude: 3e-3,
  timeConstant: 2000,
});
