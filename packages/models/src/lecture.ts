import { initializers, type Initializer } from '@gradus/layers';
import { schedules, type Schedule } from '@gradus/optim';
import type { HostKey } from '@gradus/random';

/** What a layer of the lecture's networks is told about its initial values. */
interface InitialValues {
  readonly weightInitializer: Initializer;
  readonly biasInitializer: Initializer;
  readonly random: HostKey | undefined;
}

/**
 * How the layers of the lecture's networks begin: weights truncated normal with σ = 0.1, biases all
 * the same. The result makes the options of the layer at a position, which decides its key.
 */
export function initialValues(
  random: HostKey | undefined,
  bias: number,
): (position: number) => InitialValues {
  const weightInitializer = initializers.truncatedNormal({ standardDeviation: 0.1 });
  const biasInitializer = initializers.constant(bias);
  return (position) => ({ weightInitializer, biasInitializer, random: random?.fold(position) });
}

/** minimum + amplitude · e^(−step / timeConstant): fast at first, then fine enough to settle. */
export function fallingRate(amplitude: number, timeConstant: number): Schedule {
  return schedules.exponentialDecay({ minimum: 1e-4, amplitude, timeConstant });
}
