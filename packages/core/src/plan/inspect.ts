import type { KernelTime } from '../backend/backend.js';
import { operandsOf, isOperation, type Expression } from '../backend/expression.js';
import type { Kernel, KernelOutput, MatrixOperand, Plan } from '../backend/kernels.js';
import { bytesPerElement } from '../dtype.js';
import { formatShape } from '../shape.js';

const infix: Record<string, string> = {
  add: '+',
  sub: '-',
  mul: '*',
  div: '/',
  floorDiv: '//',
  mod: '%',
  less: '<',
  lessEqual: '<=',
  equal: '==',
  notEqual: '!=',
  and: '&',
  or: '|',
  xor: '^',
  shiftLeft: '<<',
  shiftRight: '>>',
};

/** How many buffers and bytes a plan moves. */
export interface PlanSummary {
  readonly kernels: number;
  readonly inputs: number;
  readonly outputs: number;
  readonly temporaries: number;
  /** Bytes of the arena that the temporaries share. */
  readonly arenaBytes: number;
  /** Bytes the temporaries would take without sharing. */
  readonly temporaryBytes: number;
}

/** Counts what a plan consists of. */
export function summarizePlan(plan: Plan): PlanSummary {
  const ofRole = (role: string): number => plan.buffers.filter((each) => each.role === role).length;
  const temporaryBytes = plan.buffers
    .filter(({ role }) => role === 'temporary')
    .reduce((sum, { dtype, length }) => sum + length * bytesPerElement(dtype), 0);
  return {
    kernels: plan.kernels.length,
    inputs: ofRole('input'),
    outputs: ofRole('output'),
    temporaries: ofRole('temporary'),
    arenaBytes: plan.arenaByteLength,
    temporaryBytes,
  };
}

/**
 * A plan as text: a line of totals, the buffers, and every kernel with its index space and the
 * expression of each result. Buffers are named by role: `in0`, `out0`, `tmp0`.
 *
 * @param times Of its kernels, to be printed beside them: the `profile` of a `CompiledPlan`.
 */
export function inspectPlan(plan: Plan, times?: readonly KernelTime[]): string {
  const names = bufferNames(plan);
  const { kernels, temporaries, arenaBytes, temporaryBytes } = summarizePlan(plan);
  const lines = [
    `${kernels} kernels, ${temporaries} temporaries in an arena of ${arenaBytes} bytes (${temporaryBytes} unshared)`,
  ];
  plan.buffers.forEach((buffer, index) => {
    const note = buffer.role === 'input' && buffer.written ? ', updated in place' : '';
    const place = buffer.role === 'temporary' ? ` at ${buffer.byteOffset}` : '';
    const bytes = buffer.length * bytesPerElement(buffer.dtype);
    lines.push(
      `  ${names[index]!}: ${buffer.dtype} x ${buffer.length}, ${bytes} bytes${place}${note}`,
    );
  });
  const notes = times === undefined ? [] : formatTimes(times);
  plan.kernels.forEach((kernel, index) => {
    const [head, ...rest] = formatKernel(kernel, names).split('\n');
    lines.push([`${index + 1}. ${head!}${notes[index] ?? ''}`, ...rest].join('\n'));
  });
  return lines.join('\n');
}

/** Milliseconds a call, and the share in all of them. */
function formatTimes(times: readonly KernelTime[]): string[] {
  const total = times.reduce((sum, { milliseconds }) => sum + milliseconds, 0);
  return times.map(({ calls, milliseconds }) => {
    if (calls === 0) return '  (has not run)';
    const share = total === 0 ? 0 : (100 * milliseconds) / total;
    return `  ${(milliseconds / calls).toFixed(3)} ms (${share.toFixed(1)}%)`;
  });
}

function bufferNames(plan: Plan): string[] {
  let temporaries = 0;
  return plan.buffers.map((buffer) => {
    if (buffer.role === 'temporary') return `tmp${temporaries++}`;
    return `${buffer.role === 'input' ? 'in' : 'out'}${buffer.position}`;
  });
}

function formatKernel(kernel: Kernel, names: readonly string[]): string {
  const printer = new ExpressionPrinter(names);
  const head = `${kernel.kind} ${formatShape(kernel.shape)}`;
  const outputs = (list: readonly KernelOutput[]): string[] =>
    list.map(({ buffer, value }) => `   ${names[buffer]!} = ${printer.print(value)}`);
  switch (kernel.kind) {
    case 'map':
      return [`${head}  ${kernel.name}`, ...outputs(kernel.outputs)].join('\n');
    case 'reduce': {
      const reductions = kernel.reductions.map(
        ({ operation, value }, index) => `   r${index} = ${operation} ${printer.print(value)}`,
      );
      const over = `${head} over ${formatShape(kernel.reduceShape)}  ${kernel.name}`;
      return [over, ...reductions, ...outputs(kernel.outputs)].join('\n');
    }
    case 'matMul': {
      const product = `   r0 = ${operand(kernel.left, names)} . ${operand(kernel.right, names)}`;
      const over = `${head} over [${kernel.depth}]  ${kernel.name}`;
      return [over, product, ...outputs(kernel.outputs)].join('\n');
    }
    case 'conv2d': {
      const over = `${head} ${kernel.pass} of ${formatShape(kernel.images)}  ${kernel.name}`;
      const product = `   r0 = ${names[kernel.left]!} * ${names[kernel.right]!}`;
      return [over, product, ...outputs(kernel.outputs)].join('\n');
    }
    case 'pool2d': {
      const over = `${head} over windows ${formatShape(kernel.window.kernel)}  ${kernel.name}`;
      const result = `   r0 = ${kernel.operation} ${names[kernel.buffer]!}`;
      return [over, result, ...outputs(kernel.outputs)].join('\n');
    }
    case 'unpool2d': {
      const over = `${head} from windows ${formatShape(kernel.window.kernel)}  ${kernel.name}`;
      const source = `   r0 = spread ${names[kernel.buffer]!}`;
      return [over, source, ...outputs(kernel.outputs)].join('\n');
    }
    case 'row': {
      const phases = kernel.phases.map((phase) => `   ${formatKernel(phase, names)}`);
      return [`${head}  ${kernel.phases.length} phases`, ...phases].join('\n');
    }
    case 'scatterAdd': {
      const target = `   ${names[kernel.buffer]!}[${printer.print(kernel.index)}] += ${printer.print(kernel.value)}`;
      return [`${head}  ${kernel.name}`, target].join('\n');
    }
  }
}

function operand(
  { buffer, rowStride, columnStride }: MatrixOperand,
  names: readonly string[],
): string {
  return rowStride === 1 && columnStride !== 1 ? `transpose(${names[buffer]!})` : names[buffer]!;
}

/** Axes are i, j, k, …; sub-expressions used twice are printed once, as `let`s would be too long. */
class ExpressionPrinter {
  readonly #names: readonly string[];

  constructor(names: readonly string[]) {
    this.#names = names;
  }

  print(expression: Expression): string {
    switch (expression.op) {
      case 'load': {
        const access = `${this.#names[expression.buffer]!}[${this.print(expression.index)}]`;
        return expression.mask === undefined
          ? access
          : `(${this.print(expression.mask)} ? ${access} : 0)`;
      }
      case 'constant':
        return String(expression.value);
      case 'scalar':
        return `s${expression.position}`;
      case 'index':
        return 'ijklmnpq'[expression.axis] ?? `i${expression.axis}`;
      case 'reduced':
        return `r${expression.position}`;
      default:
        return this.#operation(expression);
    }
  }

  #operation(expression: Expression): string {
    if (!isOperation(expression)) return '';
    const inputs = operandsOf(expression).map((each) => this.print(each));
    const symbol = infix[expression.op];
    if (symbol !== undefined) return `(${inputs.join(` ${symbol} `)})`;
    if (expression.op === 'where') return `(${inputs[0]!} ? ${inputs[1]!} : ${inputs[2]!})`;
    const name = expression.op === 'cast' ? expression.dtype : expression.op;
    return `${name}(${inputs.join(', ')})`;
  }
}
