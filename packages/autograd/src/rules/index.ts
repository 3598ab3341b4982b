import { contractionRules } from './contraction.js';
import { customGradients } from './custom.js';
import { elementwiseRules } from './elementwise.js';
import { movementRules } from './movement.js';
import { reductionRules } from './reduction.js';
import { none, type RuleTable } from './rule.js';
import { windowRules } from './window.js';

/** How gradients pass through each primitive. */
export const rules: RuleTable = {
  constant: none,
  data: none,
  iota: none,
  placeholder: none,
  variable: none,
  ...elementwiseRules,
  ...movementRules,
  ...reductionRules,
  ...contractionRules,
  ...windowRules,
  stopGradient: none,
  customGradient: customGradients,
};
