import { grad } from '@gradus/autograd';
import { compile, logSoftmax, oneHot, tensor, Variable, zeros, type Tensor } from '@gradus/core';
import { check, checkValues } from '../assertions.js';
import { Inputs } from '../inputs.js';
import { evaluateReference } from '../reference/evaluate.js';
import { read, type BackendTests } from '../suite.js';
import type { Tolerance } from '../tolerances.js';

const features = 6;
const hidden = 9;
const classes = 3;
const batch = 16;
const steps = 30;

/** Rounding errors of thirty steps add up: 1e-4 of the largest magnitude, in float32. */
const tolerance: Tolerance = { units: 1e-4 * 2 ** 24, scale: 'largest' };

const shapes = [[features, hidden], [hidden], [hidden, classes], [classes]];

interface Step {
  readonly loss: Tensor;
  readonly parameters: readonly Tensor[];
  readonly velocities: readonly Tensor[];
}

/** One step of gradient descent with momentum on the cross-entropy of a dense network. */
function trainingStep(
  parameters: readonly Tensor[],
  velocities: readonly Tensor[],
  x: Tensor,
  labels: Tensor,
): Step {
  const [w, b, v, c] = parameters as [Tensor, Tensor, Tensor, Tensor];
  const logits = x.matMul(w).add(b).relu().matMul(v).add(c);
  const loss = logSoftmax(logits).mul(oneHot(labels, classes)).sum(-1).mean().neg();
  const gradients = grad(loss, [...parameters]);
  const next = velocities.map((velocity, index) => velocity.mul(0.9).add(gradients[index]!));
  return {
    loss,
    velocities: next,
    parameters: parameters.map((parameter, index) => parameter.sub(next[index]!.mul(0.1))),
  };
}

/** Points whose class is where the largest of three of their features lies. */
function drawBatch(inputs: Inputs): { x: Tensor; labels: Tensor } {
  const x = inputs.tensor([batch, features]);
  const [scores] = evaluateReference([x.slice([0, 0], [batch, classes]).argMax(1)]);
  return { x, labels: tensor(Array.from(scores!.data), { dtype: 'int32' }) };
}

const initialParameters = (inputs: Inputs): Tensor[] =>
  shapes.map((shape) => inputs.tensor(shape, 'float32', { minimum: -0.5, maximum: 0.5 }));

/** The same training in float64, without variables: each step is a graph of its own. */
function referenceLosses(): number[] {
  const inputs = new Inputs(1);
  let parameters = initialParameters(inputs);
  let velocities = shapes.map((shape) => zeros(shape));
  return Array.from({ length: steps }, () => {
    const { x, labels } = drawBatch(inputs);
    const step = trainingStep(parameters, velocities, x, labels);
    const all = [step.loss, ...step.parameters, ...step.velocities];
    const [loss, ...state] = evaluateReference(all, 'float64');
    const tensors = state.map(({ data, shape }) =>
      tensor(Array.from(data), { shape, dtype: 'float64' }).cast('float32'),
    );
    [parameters, velocities] = [tensors.slice(0, shapes.length), tensors.slice(shapes.length)];
    return loss!.data[0]!;
  });
}

/** Training a small network on the device, step by step the same as in float64. */
export function training(tests: BackendTests): void {
  tests.test(`${steps} steps of a dense network with momentum follow float64`, async () => {
    const expected = referenceLosses();
    check(
      expected.at(-1)! < expected[0]! / 2,
      `The reference does not learn: its loss goes from ${expected[0]} to ${expected.at(-1)}.`,
    );
    const inputs = new Inputs(1);
    const parameters = initialParameters(inputs).map((each) => new Variable(each));
    const velocities = shapes.map((shape) => new Variable(zeros(shape)));
    const step = compile(
      (x: Tensor, labels: Tensor) => {
        const values = (list: readonly Variable[]): Tensor[] => list.map(({ value }) => value);
        const next = trainingStep(values(parameters), values(velocities), x, labels);
        next.parameters.forEach((each, index) => parameters[index]!.assign(each));
        next.velocities.forEach((each, index) => velocities[index]!.assign(each));
        return next.loss;
      },
      { device: tests.device },
    );
    const losses: number[] = [];
    for (let index = 0; index < steps; index++) {
      const { x, labels } = drawBatch(inputs);
      losses.push((await read(await step(x, labels))).data[0]!);
    }
    const kind = { shape: [steps], dtype: 'float32' } as const;
    checkValues(
      'training losses',
      { ...kind, data: losses },
      { ...kind, data: expected },
      tolerance,
    );
  });
}
