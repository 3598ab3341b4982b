import {
  bytesPerElement,
  DeviceError,
  isOperation,
  type DataType,
  type Expression,
  type LoadExpression,
  type OperationExpression,
} from '@gradus/core/backend';
import { i32, i32x4, v128, type FunctionBody, type Variable } from '../assembler/index.js';
import { multiplyAddOf } from '../multiply-add.js';
import type { Analysis } from './analysis.js';
import type { Code } from './code.js';
import { parameterLayout, type Environment } from './environment.js';
import type { Kind, Plans, Wanted } from './hoisting.js';
import { laneCount, lanes, loadLanes, loadNeighbours, loadSplat, splatConstant } from './lanes.js';
import { vectorOperation } from './operations.js';
import { scalarOperation } from './scalar.js';

/**
 * Writes the expressions of one kernel into a function: each once, and outside of the loops that it
 * does not depend on. What can be hoisted is only known when everything has been written, so a
 * kernel is written twice: the first time is a rehearsal, whose `plans` the second one follows.
 */
export class Evaluator {
  readonly body: FunctionBody;
  readonly parameters: Code<'i32'>;
  readonly #environment: Environment;
  readonly #analysis: Analysis;
  readonly #vectorAxis: number | undefined;
  #hoisted: Plans = new Map();
  readonly #open: { readonly axis: number; readonly index: Variable<'i32'> }[] = [];
  readonly #known: Record<Kind, Map<Expression, { level: number; code: Code }>> = {
    vector: new Map(),
    scalar: new Map(),
    origin: new Map(),
    pointer: new Map(),
  };
  readonly #addresses = new Map<number, Variable<'i32'>>();
  readonly #wanted = new Map<number, Wanted[]>();
  #lanes = laneCount;
  #reduced: readonly Code<'v128'>[] = [];

  constructor(
    body: FunctionBody,
    parameters: Code<'i32'>,
    environment: Environment,
    analysis: Analysis,
    vectorAxis: number | undefined,
  ) {
    this.body = body;
    this.parameters = parameters;
    this.#environment = environment;
    this.#analysis = analysis;
    this.#vectorAxis = vectorAxis;
  }

  /** What was computed at which level, for the second time. */
  get plans(): Plans {
    return this.#wanted;
  }

  /** How many lanes count: fewer than four at the end of the vector axis. */
  get lanes(): number {
    return this.#lanes;
  }

  /** Writes `build` with the loop over `axis` open, whose coordinate `index` is. */
  within(axis: number, index: Variable<'i32'>, build: () => void, count = laneCount): void {
    this.#open.push({ axis, index });
    const before = this.#lanes;
    if (axis === this.#vectorAxis) this.#lanes = count;
    this.#hoist();
    build();
    this.#lanes = before;
    this.#forget(this.#open.length);
    this.#open.pop();
  }

  /** Writes `build` with the results of the kernel's reductions. */
  withReduced(values: readonly Code<'v128'>[], build: () => void): void {
    this.#reduced = values;
    build();
    this.#reduced = [];
  }

  /** The address of a buffer. */
  address(buffer: number): Variable<'i32'> {
    return this.#addresses.get(buffer)!;
  }

  /** Loads the addresses of buffers and whatever no loop changes. */
  begin(buffers: Iterable<number>, hoisted: Plans = new Map()): void {
    for (const buffer of new Set(buffers)) {
      const offset = parameterLayout.buffer(buffer);
      const address = this.body.let(i32.load(this.parameters, offset), `buffer${buffer}`);
      this.#addresses.set(buffer, address);
    }
    this.#hoisted = hoisted;
    this.#hoist();
  }

  /** The coordinate along an axis whose loop is open. */
  indexOf(axis: number): Variable<'i32'> {
    return this.#open.find((loop) => loop.axis === axis)!.index;
  }

  /** Four lanes along the vector axis, or the same value in all of them. */
  vector(expression: Expression): Code<'v128'> {
    return this.#define('vector', expression, () => this.#vector(expression));
  }

  /** An int32, or a bool as 0 or 1, that is the same in all lanes. */
  scalar(expression: Expression): Code<'i32'> {
    if (expression.op === 'constant') return i32.const(expression.value);
    return this.#define('scalar', expression, () => this.#scalar(expression, 'scalar'));
  }

  #origin(expression: Expression): Code<'i32'> {
    if (expression.op === 'constant') return i32.const(expression.value);
    if (!this.#isVarying(expression)) return this.scalar(expression);
    return this.#define('origin', expression, () => this.#scalar(expression, 'origin'));
  }

  #pointer(load: LoadExpression): Code<'i32'> {
    return this.#define('pointer', load, () =>
      this.#elementAddress(load, this.#origin(load.index)),
    );
  }

  #elementAddress({ buffer, dtype }: LoadExpression, index: Code<'i32'>): Code<'i32'> {
    const size = bytesPerElement(dtype);
    return i32.add(this.address(buffer), size === 1 ? index : i32.mul(index, size));
  }

  #define<Type extends 'i32' | 'v128'>(
    kind: Kind,
    expression: Expression,
    build: () => Code<Type>,
  ): Code<Type> {
    const known = this.#known[kind].get(expression);
    if (known !== undefined) return known.code as Code<Type>;
    const code = this.body.let(build(), kind);
    const level = this.#levelOf(kind, expression);
    this.#known[kind].set(expression, { level, code });
    const wanted = this.#wanted.get(level);
    if (wanted === undefined) this.#wanted.set(level, [{ kind, expression }]);
    else wanted.push({ kind, expression });
    return code;
  }

  /** How many of the open loops an expression needs. */
  #levelOf(kind: Kind, expression: Expression): number {
    const axes = this.#analysis.axesOf(expression);
    if (axes.has(-1)) return Infinity;
    let level = 0;
    this.#open.forEach(({ axis }, depth) => {
      const atOrigin = axis === this.#vectorAxis && (kind === 'origin' || kind === 'pointer');
      if (axes.has(axis) && !atOrigin) level = depth + 1;
    });
    return level;
  }

  #hoist(): void {
    for (const { kind, expression } of this.#hoisted.get(this.#open.length) ?? []) {
      if (kind === 'vector') this.vector(expression);
      else if (kind === 'scalar') this.scalar(expression);
      else if (kind === 'origin') this.#origin(expression);
      else this.#pointer(expression as LoadExpression);
    }
  }

  #forget(level: number): void {
    for (const known of Object.values(this.#known)) {
      for (const [expression, entry] of known) if (entry.level >= level) known.delete(expression);
    }
  }

  #isVarying(expression: Expression): boolean {
    return (
      this.#vectorAxis !== undefined && this.#analysis.axesOf(expression).has(this.#vectorAxis)
    );
  }

  /** Whether an expression is the same in all lanes. */
  #isUniform(expression: Expression): boolean {
    return !this.#isVarying(expression) && !this.#analysis.axesOf(expression).has(-1);
  }

  #vector(expression: Expression): Code<'v128'> {
    switch (expression.op) {
      case 'constant':
        return splatConstant(expression.dtype, expression.value);
      case 'scalar':
        return this.#runtimeScalar(expression.dtype, expression.position);
      case 'index':
        return this.#coordinates(expression.axis);
      case 'reduced':
        return this.#reduced[expression.position]!;
      case 'load':
        return this.#load(expression);
      default:
        return this.#operation(expression);
    }
  }

  #runtimeScalar(dtype: DataType, position: number): Code<'v128'> {
    const vector = v128.load32_splat(
      this.parameters,
      parameterLayout.scalar(this.#environment.plan, position),
    );
    return dtype === 'bool' ? i32x4.neg(vector) : vector;
  }

  #coordinates(axis: number): Code<'v128'> {
    const first = i32x4.splat(this.indexOf(axis));
    if (axis !== this.#vectorAxis) return first;
    // Behind the end lanes repeat the last coordinate, so that what they load exists.
    const steps = Int32Array.from(lanes(laneCount), (lane) => Math.min(lane, this.#lanes - 1));
    return i32x4.add(first, v128.const(steps));
  }

  #operation(expression: OperationExpression): Code<'v128'> {
    const { op, dtype, word } = expression;
    const inputs = expression.inputs.map((input) => this.vector(input));
    const [first, second] = expression.inputs;
    const isShift = op === 'shiftLeft' || op === 'shiftRight';
    const operands = {
      from: first!.dtype,
      to: dtype,
      inputs,
      constant: second?.op === 'constant' ? second.value : undefined,
      amount: isShift && this.#isUniform(second!) ? this.scalar(second!) : undefined,
      word,
      keep: (value: Code<'v128'>) => this.body.let(value, 'kept'),
    };
    const value = vectorOperation(op, operands) ?? this.#function(expression, inputs);
    if (value !== undefined) return value;
    throw new DeviceError(
      `compile: the WASM backend has no ${op} of ${dtype}; cast the operands to float32.`,
    );
  }

  /** Of what takes more than one instruction. */
  #function({ op, dtype }: OperationExpression, inputs: readonly Code<'v128'>[]) {
    if (dtype !== 'float32') return undefined;
    const { fusedMultiplyAdd } = this.#environment.target;
    const context = { body: this.body, multiplyAdd: multiplyAddOf(fusedMultiplyAdd) };
    return this.#environment.library.functions[op]?.(context, ...inputs);
  }

  #load(load: LoadExpression): Code<'v128'> {
    const { dtype, index, mask } = load;
    const maskVaries = mask !== undefined && this.#isVarying(mask);
    if (!this.#isVarying(index) && !maskVaries) return this.#uniformLoad(load);
    const stride = this.#analysis.strideAlong(this.#vectorAxis!, index);
    if (maskVaries || stride === undefined) return this.#gather(load, stride);
    const guarded = (value: () => Code<'v128'>): Code<'v128'> =>
      mask === undefined ? value() : this.#guarded(this.scalar(mask), value);
    const size = bytesPerElement(dtype) * stride;
    const position = this.indexOf(this.#vectorAxis!);
    const address = i32.add(this.#pointer(load), size === 1 ? position : i32.mul(position, size));
    if (stride === 1) return guarded(() => loadNeighbours(dtype, address, this.#lanes));
    const first = this.body.let(address, 'address');
    const addresses = lanes(this.#lanes).map((lane) => i32.add(first, lane * size));
    return guarded(() => loadLanes(dtype, addresses));
  }

  #uniformLoad(load: LoadExpression): Code<'v128'> {
    const { dtype, index, mask } = load;
    const value = (): Code<'v128'> =>
      loadSplat(dtype, this.#elementAddress(load, this.scalar(index)));
    if (mask === undefined) return value();
    const [position, condition] = [this.scalar(index), this.scalar(mask)];
    return this.#guarded(condition, () => loadSplat(dtype, this.#elementAddress(load, position)));
  }

  #guarded(condition: Code<'i32'>, value: () => Code<'v128'>): Code<'v128'> {
    const result = this.body.let<'v128'>(i32x4.splat(0), 'guarded');
    this.body.if(condition, () => this.body.set(result, value()));
    return result;
  }

  /** Each lane from an address of its own; lanes that are masked out read element 0 and become 0. */
  #gather(load: LoadExpression, stride: number | undefined): Code<'v128'> {
    const { buffer, dtype, index, mask } = load;
    const condition = mask === undefined ? undefined : this.vector(mask);
    const gathered = (): Code<'v128'> => {
      const indices = this.vector(index);
      const safe = condition === undefined ? indices : v128.and(indices, condition);
      const kept = this.body.let(safe, 'indices');
      const size = bytesPerElement(dtype);
      const addresses = lanes(this.#lanes).map((lane) => {
        const position = i32x4.extract_lane(kept, lane);
        return i32.add(this.address(buffer), size === 1 ? position : i32.mul(position, size));
      });
      const values = loadLanes(dtype, addresses);
      return condition === undefined ? values : v128.and(values, condition);
    };
    if (condition === undefined || stride !== 1) return gathered();
    // Inside of the padding all lanes are there, and lie side by side.
    const indices = this.vector(index);
    const result = this.body.let<'v128'>(i32x4.splat(0), 'masked');
    this.body.if(
      i32x4.all_true(condition),
      () => {
        const address = this.#elementAddress(load, i32x4.extract_lane(indices, 0));
        this.body.set(result, loadNeighbours(dtype, address, this.#lanes));
      },
      () => this.body.set(result, gathered()),
    );
    return result;
  }

  #scalar(expression: Expression, kind: 'scalar' | 'origin'): Code<'i32'> {
    const operand = (input: Expression): Code<'i32'> =>
      kind === 'scalar' ? this.scalar(input) : this.#origin(input);
    if (expression.op === 'index') {
      const atOrigin = kind === 'origin' && expression.axis === this.#vectorAxis;
      return atOrigin ? i32.const(0) : this.indexOf(expression.axis);
    }
    if (isOperation(expression)) {
      const code = scalarOperation(expression, operand);
      if (code !== undefined) return code;
    }
    if (kind === 'origin') throw new TypeError('An affine index is made of sums and products.');
    const lane = i32x4.extract_lane(this.vector(expression), 0);
    return expression.dtype === 'bool' ? i32.and(lane, 1) : lane;
  }
}
