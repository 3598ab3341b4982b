import {
  formatShape,
  namedParameters,
  namedVariables,
  type DataType,
  type ForwardContext,
  type Layer,
  type Shape,
  type Tensor,
  type Variable,
} from '@gradus/core';
import { check, checkEqual, checkValues } from './assertions.js';
import { checkGradients, type GradientCheckOptions } from './check-gradients.js';
import { Inputs, type Range } from './inputs.js';
import { evaluateReference } from './reference/evaluate.js';
import type { TestRunner } from './runner.js';

/** What a layer should be. */
export interface LayerSuiteOptions {
  /** A new layer, with parameters of its own; randomly initialised ones should differ each time. */
  readonly create: () => Layer;
  /** The shape of an input, batch included. */
  readonly inputShape: Shape;
  /** The shape of the output for it. */
  readonly outputShape: Shape;
  /** The shape of every trainable parameter by path, `{}` if there are none. */
  readonly parameters: Readonly<Record<string, Shape>>;
  /** The title of the tests; the class's name when left out. */
  readonly name?: string;
  /** float32 when left out. */
  readonly inputDataType?: DataType;
  /** What elements of the input are drawn from; [−2, 2) when left out. */
  readonly inputRange?: Range;
  /** How `forward` is called by the gradient check: `{ training: true, random: key }` for instance. */
  readonly context?: ForwardContext;
  /** False for a layer that mixes the rows of a batch even in evaluation. */
  readonly rowsAreIndependent?: boolean;
  readonly gradients?: Omit<GradientCheckOptions, 'parameters'>;
}

/**
 * Defines the tests of a layer: shapes and names, the same answer twice, rows that do not mix,
 * gradients of input and parameters against central differences in float64, and a state that
 * another instance can take over. Needs no device.
 */
export function layerSuite(runner: TestRunner, options: LayerSuiteOptions): void {
  const { create, inputShape, outputShape, rowsAreIndependent = true } = options;
  const name = options.name ?? create().constructor.name;
  const draw = (seed: number): Tensor =>
    new Inputs(seed).tensor(inputShape, options.inputDataType, options.inputRange);
  runner.describe(name, () => {
    const test = (title: string, body: () => unknown): void => {
      runner.it(title, async () => {
        await body();
      });
    };

    test('has the output shape and parameters that it should', () => {
      const layer = create();
      const output = layer.forward(draw(1), {});
      checkEqual(`${name}: output shape`, formatShape(output.shape), formatShape(outputShape));
      checkEqual(`${name}: parameters`, listed(namedParameters(layer)), listed(options.parameters));
    });
    test('gives the same answer twice', () => {
      const layer = create();
      const [x, y] = [draw(1), draw(1)];
      checkSame(`${name}, evaluated twice`, layer.forward(x, {}), layer.forward(y, {}));
    });
    test('has the gradients that central differences have', async () => {
      const layer = create();
      const { context = {}, gradients = {} } = options;
      await checkGradients((x) => layer.forward(x, context), [draw(2)], {
        ...gradients,
        parameters: namedParameters(layer),
      });
    });
    test('can be restored from its state', () => {
      const [layer, copy] = [create(), create()];
      const [state, target] = [namedVariables(layer), namedVariables(copy)];
      checkEqual(`${name}: variables of another instance`, listed(target), listed(state));
      for (const [path, variable] of Object.entries(state)) target[path]!.assign(variable.value);
      const what = `${name}, another instance with the same state`;
      checkSame(what, copy.forward(draw(3), {}), layer.forward(draw(3), {}));
    });
    if (rowsAreIndependent) {
      test('treats each row of a batch alone', () => {
        const layer = create();
        const x = draw(4);
        const rows = inputShape[0] ?? 0;
        check(
          rows > 1,
          `${name}: inputShape ${formatShape(inputShape)} needs a batch of at least 2.`,
        );
        const whole = layer.forward(x, {});
        for (let row = 0; row < rows; row++) {
          const alone = layer.forward(x.at([row, row + 1]), {});
          checkSame(`${name}, row ${row} alone`, alone, whole.at([row, row + 1]));
        }
      });
    }
  });
}

function listed(entries: Readonly<Record<string, Variable | Shape>>): string {
  const lines = Object.entries(entries).map(([path, each]) => {
    const shape = 'node' in each ? each.shape : each;
    return `${path} ${formatShape(shape)}`;
  });
  return lines.sort().join(', ') || 'none';
}

/** Equal to float64's precision: the graphs may differ, the arithmetic may not. */
function checkSame(what: string, got: Tensor, expected: Tensor): void {
  const [one, other] = evaluateReference([got, expected], 'float64');
  const tolerance = { units: 4096, scale: 'largest' } as const;
  checkValues(what, { ...one!, dtype: 'float64' }, { ...other!, dtype: 'float64' }, tolerance);
}
