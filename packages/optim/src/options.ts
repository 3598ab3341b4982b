import { checkGroups, type ParameterGroup } from './groups.js';
import { checkTransform, type Transform } from './transform.js';

/** What every optimiser can be given. */
export interface CommonOptions {
  /**
   * Parameters with options of their own. All groups that match a parameter apply to it; where two
   * say the same, the later one counts.
   */
  readonly groups?: readonly ParameterGroup[] | undefined;
  /** What limits the gradients before all else: `clipByGlobalNorm(1)` or `clipByValue(0.5)`. */
  readonly clip?: Transform | undefined;
}

/** The names of {@link CommonOptions}. */
export const commonOptionNames: readonly string[] = ['groups', 'clip'];

/** Throws unless the common options are what they should be. */
export function checkCommonOptions(optimizer: string, { groups, clip }: CommonOptions): void {
  if (groups !== undefined) checkGroups(optimizer, groups);
  if (clip !== undefined) checkTransform(optimizer, 'clip', clip, 'clipByGlobalNorm(1)');
}
