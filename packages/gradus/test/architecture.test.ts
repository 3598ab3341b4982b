import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { expect, it } from 'vitest';
import {
  compile,
  cpu,
  grad,
  inspectPlan,
  relu,
  Variable,
  zeros,
  type Tensor,
} from '../src/index.js';

it('the plan on the architecture page is the plan', () => {
  const [W, b] = [new Variable(zeros([784, 200])), new Variable(zeros([200]))];
  const step = compile(
    (x: Tensor) => {
      const loss = relu(x.matMul(W).add(b)).square().sum();
      const gradients = grad(loss, { W, b });
      W.assign(W.value.sub(gradients.W.mul(0.01)));
      b.assign(b.value.sub(gradients.b.mul(0.01)));
      return loss;
    },
    { device: cpu() },
  );
  const plan = inspectPlan(step.plan(zeros([100, 784])));
  const page = readFileSync(resolve(import.meta.dirname, '../../../docs/architecture.md'), 'utf8');
  const shown = /<!-- plan:begin -->\s+```text\n([^]*?)```/.exec(page)?.[1]?.trimEnd();
  expect(shown).toBe(plan);
});
