import {
  formatShape,
  namedLayers,
  namedVariables,
  sizeOf,
  Variable,
  zeros,
  type DataType,
  type Layer,
  type Shape,
} from '@gradus/core';
import { checkOptionNames } from '@gradus/core/arguments';
import { describeInLine } from '../describe.js';
import { formatTable } from '../table.js';
import { recordCalls } from './record-calls.js';

/** One layer of a model, as it was called. */
export interface LayerSummary {
  /** Where the layer is in the model: `2.layers.0`; empty for the model itself. */
  readonly path: string;
  /** What the layer says of itself. */
  readonly description: string;
  readonly outputShape: Shape;
  /** How many numbers its own variables hold, statistics included; 0 in its later calls. */
  readonly parameters: number;
  /** Products and sums of its matrix products and convolutions, for the whole batch. */
  readonly multiplyAdds: number;
}

/** What {@link summary} tells of a model. Its `toString` is a table. */
export interface ModelSummary {
  readonly inputShape: Shape;
  readonly outputShape: Shape;
  /** In the order of the calls. Containers appear only if they compute or hold something. */
  readonly layers: readonly LayerSummary[];
  /** How many numbers training changes. */
  readonly trainable: number;
  /** How many numbers are frozen parameters. */
  readonly frozen: number;
  /** How many numbers are statistics. */
  readonly statistics: number;
  /** Those of all layers, for the whole batch. */
  readonly multiplyAdds: number;
  toString(): string;
}

/** How the input of a {@link summary} differs from float32. */
export interface SummaryOptions {
  /** Of the input; float32 if not given. */
  readonly dtype?: DataType | undefined;
}

/**
 * The layers of a model with output shapes, parameters and multiply-adds, for an input of a shape.
 * The model is called once, in evaluation; nothing is computed.
 *
 * @param inputShape Batch included: `[1, 1, 28, 28]`.
 * @throws ArgumentError for unknown options, and whatever the model throws for such an input.
 */
export function summary(
  model: Layer,
  inputShape: Shape,
  options: SummaryOptions = {},
): ModelSummary {
  checkOptionNames('summary', options, ['dtype']);
  const { dtype } = options;
  const input = new Variable(zeros(inputShape, dtype), { name: 'summary input', trainable: false });
  const calls = recordCalls(model, input.value);
  const owned = ownVariables(model);
  const layers: LayerSummary[] = [];
  for (const { path, layer, outputShape, multiplyAdds, isContainer } of calls) {
    const parameters = count(owned.get(path) ?? []);
    owned.delete(path);
    if (isContainer && parameters === 0 && multiplyAdds === 0) continue;
    layers.push({
      path,
      description: describeInLine(layer),
      outputShape,
      parameters,
      multiplyAdds,
    });
  }
  const variables = Object.values(namedVariables(model));
  const totals = {
    inputShape,
    outputShape: calls[0]!.outputShape,
    layers,
    trainable: count(variables.filter(({ trainable, frozen }) => trainable && !frozen)),
    frozen: count(variables.filter(({ trainable, frozen }) => trainable && frozen)),
    statistics: count(variables.filter(({ trainable }) => !trainable)),
    multiplyAdds: layers.reduce((sum, layer) => sum + layer.multiplyAdds, 0),
  };
  return { ...totals, toString: () => formatSummary(totals) };
}

function count(variables: readonly Variable[]): number {
  return variables.reduce((sum, { shape }) => sum + sizeOf(shape), 0);
}

/** The variables of each layer that are not those of a layer inside of it. */
function ownVariables(model: Layer): Map<string, Variable[]> {
  const paths = Object.keys(namedLayers(model));
  const owned = new Map<string, Variable[]>();
  for (const [name, variable] of Object.entries(namedVariables(model))) {
    const holders = paths.filter((path) => path === '' || name.startsWith(`${path}.`));
    const innermost = holders.reduce((one, other) => (other.length > one.length ? other : one));
    owned.set(innermost, [...(owned.get(innermost) ?? []), variable]);
  }
  return owned;
}

const grouped = new Intl.NumberFormat('en-US');

function formatSummary(model: Omit<ModelSummary, 'toString'>): string {
  const number = (value: number): string => grouped.format(value);
  const rows = model.layers.map(({ path, description, outputShape, parameters, multiplyAdds }) => [
    path === '' ? description : `${path}: ${description}`,
    formatShape(outputShape),
    number(parameters),
    number(multiplyAdds),
  ]);
  const parameters = model.trainable + model.frozen + model.statistics;
  const notes = [
    `input ${formatShape(model.inputShape)}`,
    `trainable ${number(model.trainable)}`,
    ...(model.frozen > 0 ? [`frozen ${number(model.frozen)}`] : []),
    ...(model.statistics > 0 ? [`statistics ${number(model.statistics)}`] : []),
  ];
  const table = formatTable(['layer', 'output', 'parameters', 'multiply-adds'], rows, [
    'total',
    '',
    number(parameters),
    number(model.multiplyAdds),
  ]);
  return `${table}\n${notes.join(', ')}`;
}
