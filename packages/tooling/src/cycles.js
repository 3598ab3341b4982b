/**
 * The rule of `pnpm lint` against files that load each other in a circle. It looks at what is left
 * once types are erased: types may refer to each other, and if they were followed too, a circle of
 * types could hide one of values, for dependency-cruiser reports one circle for each import.
 */
import { options } from './architecture.js';

export const forbidden = /** @satisfies {import('dependency-cruiser').IForbiddenRuleType[]} */ ([
  {
    name: 'no-cycles',
    comment: 'Two files that load each other are one; move what both need into a third.',
    severity: 'error',
    from: {},
    to: { circular: true },
  },
]);

export default { forbidden, options: { ...options, tsPreCompilationDeps: false } };
